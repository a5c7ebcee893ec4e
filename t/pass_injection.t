#!/usr/bin/perl

# Arguments stay where they were put: a request has the path segments, the
# query parameters, the headers and the lines of its tool, whatever the
# arguments are and whatever nginx does to the request on its way.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

use Encode ();
use JSON::PP ();

my $b = MCPTest::Backend->start('*' => { type => 'text/plain', body => 'ok' });


# --- what is tried, as characters

my @values = (
    '../', '..', '.', '...', './', '../../etc/passwd', '/..', '/../', 'a/../b',
    'a/..', '..a', '.a', '/', '//', '//evil.example/', '\\', '..\\', '..;/',
    '%2e%2e', '%2E%2e/', '.%2e', '%2e', '%2e%2e%2f', '..%2f', '%252e%252e',
    '%00', '%0d%0aX-Injected:%201', '%', '%zz', '%2', '%23', '%3f',
    '?x=1', '&x=1', 'a=b', '&', ';x=1', '#f', 'a?b#c', '+', 'a b', ' a ', ',',
    '~', '*', '@', ':', '!', "'", '"', '<>', '|', '^', '`', '[]', '()',
    "a\r\nX-Injected: 1", "\r\n\r\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n",
    "\n", "\r", "a\nb", "\t", "\x01", "\x1b", "\x7f", "\x85", "\xa0",
    '{', '}', '{{', '}}', '{v}', '{w}', '{+w}', '{{v}}', '{', '","x":"', '\\"',
    '$var', '$uri', '${request_uri}', '$http_authorization', '$mcp_id', '$1',
    "\x{2025}", "\x{ff0e}\x{ff0e}\x{ff0f}", "\x{2044}", "\x{ff0f}", "\x{ff1f}",
    "\x{560d}\x{560a}X-Injected: 1", "\x{2028}", "\x{feff}", "\x{202e}",
    "\x{e9}", "\x{434}", "\x{1f600}", "e\x{301}", "\x{10ffff}",
    '', 'a' x 20_000, '../' x 5_000, "\x{1f600}" x 5_000,
);


# to see that nginx changes nothing on its other ways

my @few = ('..', '../', '/../x', '%2e%2e', '..%2f', '%00', '%', '?x=1', '&x=1',
           '#f', '+ ', ';x=1', '\\', "a\r\nX-Injected: 1", '$uri', "\x{e9}");


# --- what they are to become

my $accept = 'Accept: application/json, text/*;q=0.9, */*;q=0.8';

sub encode {
    my ($v, $keep) = @_;

    $keep //= '';
    return Encode::encode('utf8', $v)
           =~ s/([^A-Za-z0-9\-._~$keep])/sprintf '%%%02X', ord $1/ger;
}


# undef: such a request is refused; dot segments mean another path

sub path {
    my ($path) = @_;
    return $path =~ m{(?:\A|/)(?:\.|%2e){1,2}(?:/|\z)}i ? undef : $path;
}


# nor is there one with an empty segment

sub segment {
    my ($v, $path) = @_;
    return length $v ? path($path) : undef;
}


sub parameter {
    my ($v) = @_;
    return ';v' . (length $v ? '=' . encode($v) : '');
}


# white space of an attribute is kept by references, other controls are none

sub xml {
    my ($v) = @_;

    my %entity = ('&' => 'amp', '<' => 'lt', '>' => 'gt', '"' => 'quot',
                  "'" => '#39', "\t" => '#9', "\n" => '#10', "\r" => '#13');

    $v =~ s/([&<>"'\t\n\r])/&$entity{$1};/g;
    $v =~ s/[\0-\x1f]/\x{fffd}/g;
    return Encode::encode('utf8', $v);
}


# RFC 6570, but what ends a path, a name or, to some, a segment is encoded

sub reserved {
    my ($v) = @_;
    return path(encode($v, ':/@!$\'()*+,='));
}


my $json = JSON::PP->new->utf8->allow_nonref;

my %path = (
    segment  => ['/a/{v}/b', sub { segment($_[0], "/a/" . encode($_[0]) . "/b") }],
    last     => ['/a/{v}', sub { segment($_[0], "/a/" . encode($_[0])) }],
    part     => ['/a/x{v}y', sub { path("/a/x" . encode($_[0]) . "y") }],
    twice    => ['/a/{v}{v}', sub { segment($_[0], "/a/" . encode($_[0]) x 2) }],
    first    => ['/{v}', sub { segment($_[0], "/" . encode($_[0])) }],
    label    => ['/a{.v}', sub { path("/a." . encode($_[0])) }],
    slash    => ['/a{/v}', sub { segment($_[0], "/a/" . encode($_[0])) }],
    matrix   => ['/a{;v}', sub { path("/a" . parameter($_[0])) }],
    reserved => ['/a/{+v}', sub { my $v = reserved($_[0]);
                                  defined $v ? path("/a/$v") : undef }],
    query    => ['/q?x={v}&y=1', sub { "/q?x=" . encode($_[0]) . '&y=1' }],
    form     => ['/q{?v}', sub { "/q?v=" . encode($_[0]) }],
    more     => ['/q?y=1{&v}', sub { "/q?y=1&v=" . encode($_[0]) }],
);

# of an empty one
my %plain_body = (
    json     => ['', sub { $json->encode({ v => $_[0] }) }],
    form     => ['body form;', sub { 'v=' . encode($_[0]) }],
    template => [q(body '{"a":"{v}","b":[{v}]}';), sub {
                   my $v = $json->encode($_[0]);
                   qq({"a":$v,"b":[$v]}) }],
    text     => [q(body "<a>{v}</a>";), sub {
                   '<a>' . Encode::encode('utf8', $_[0]) . '</a>' }],
    xml      => [q(body '<a b="{v}">{v}</a>';
                   header Content-Type application/soap+xml;), sub {
                   my $v = xml($_[0]);
                   qq(<a b="$v">$v</a>) }],
    pairs    => [q(body "a={v}&b={v}";
                   header Content-Type application/x-www-form-urlencoded;),
                 sub { my $v = encode($_[0]); "a=$v&b=$v" }],
);


# --- every way through nginx, and what the service gets of "/way/path"

my %way = (
    plain     => ['proxy_pass http://%B;', '/plain'],
    uri       => ['proxy_pass http://%B/base/;', '/base'],
    rewritten => ['rewrite ^/rewritten/(.*)$ /base/$1 break;'
                  . 'proxy_pass http://%B;', '/base'],
    again     => ['rewrite ^/again/(.*)$ /uri/$1 last;', '/base'],
    variable  => ['set $b %B; proxy_pass http://$b;', '/variable'],
    request   => ['set $b %B; proxy_pass http://$b$request_uri;', '/request'],
    tried     => ['try_files /nothing @tried;', '/tried'],
);

my ($tools, $locations) = ('', 'location @tried { proxy_pass http://%B; }');

for my $way (sort keys %way) {
    my $at = $way eq 'request' ? '~ ^/request/' : "/$way/";

    $locations .= "location $at { internal; $way{$way}[0] }\n";

    $tools .= tool("${_}_$way", qq(pass GET "/$way$path{$_}[0]";))
        for sort keys %path;
}

$tools .= tool("body_$_", qq(pass POST "/plain/body"; $plain_body{$_}[0]))
    for sort keys %plain_body;
$tools .= tool('header', 'pass GET "/plain/header"; header X-Arg "<{v}>";');
$tools .= tool('file', 'pass GET "/files/{v}";');
$tools .= tool('any_file', 'pass GET "/files/{+v}";');

$locations =~ s/%B/'127.0.0.1:' . $b->port/ge;


# --- the same of an OpenAPI document: where it is, style, and what it becomes

my %open = (
    simple => ['path', 'simple', sub {
                   segment($_[0], '/a/' . encode($_[0])) }],
    label  => ['path', 'label', sub { path('/a/.' . encode($_[0])) }],
    matrix => ['path', 'matrix', sub { path('/a/' . parameter($_[0])) }],
    form   => ['query', 'form', sub { '/a?v=' . encode($_[0]) }],
    header => ['header', 'simple', sub {
                   $_[0] =~ /[\0-\x08\x0a-\x1f\x7f]/ ? undef
                   : ['v: ' . Encode::encode('utf8', $_[0])] }],
    cookie => ['cookie', 'form', sub { ['Cookie: v=' . encode($_[0])] }],
);

my $document = $json->encode({
    openapi => '3.1.0', info => { title => 'x', version => '1' },
    paths => { map { ("/$_/a" . ($open{$_}[0] eq 'path' ? '/{v}' : '') => {
        get => { operationId => $_, summary => 'x',
            parameters => [{ name => 'v', in => $open{$_}[0],
                             required => true, style => $open{$_}[1],
                             schema => { type => 'string' } }],
            responses => { 200 => { description => 'x' } } } }) }
        keys %open },
});


sub tool {
    my ($name, $words) = @_;
    return qq(mcp_tool $name { description "$name"; arg v string required;
              $words result text; }\n);
}


my $t = MCPTest->new(
    http => 'proxy_http_version 1.1; proxy_set_header Connection "";
             proxy_set_header Host backend; client_max_body_size 1m;',
    server => "$locations
        location /files/ { internal; alias %%DIR%%/files/; }
        location = /open { mcp;
            mcp_openapi %%DIR%%/open.json { prefix open_; pass /plain; } }
        location = /secret { return 200 SECRET; }",
    location => "mcp; $tools",
    files => { 'open.json' => $document },
);

mkdir $t->path('files');
mkdir $t->path('files/sub');
$t->write_file('secret', 'SECRET');
$t->write_file("files/$_->[0]", $_->[1])
    for ['plain', 'a file'], ['a b', 'with a space'], ['%41', 'with a percent'],
        ["\xc3\xa9", 'with an accent'], ['sub/x', 'below'], ['?x=1', 'a query'];
$t->start;


# --- each position

sub show {
    my ($v) = @_;

    my $text = JSON::PP->new->ascii->allow_nonref->encode($v);
    return length $text > 60 ? substr($text, 0, 60) . '...' : $text;
}


# Calls a tool: the answer, and the requests that came of it. There must be one
# of the expected bytes, or none at all. What may be a file by its name, with
# "try_files", cannot have everything.

sub wrong {
    my ($tool, $v, $want) = @_;

    my $r = $t->call($tool, { v => $v },
                     uri => $tool =~ /^open_/ ? '/open' : '/mcp');
    my @got = $b->requests;

    return 'no answer: ' . ($r->problem // '') if !$r->result;
    return if $tool =~ /_tried\z/ && $v =~ m{/} && !@got && $r->text =~ /400/;

    if (!defined $want) {
        return 'not refused: ' . join ' ', map { $_->target } @got if @got;
        return 'no error: ' . $r->body if !$r->result->{isError};
        return 'the error does not name it: ' . $r->text if $r->text !~ /\bv\b/;
        return;
    }

    return 'refused: ' . substr $r->body, 0, 300 if !@got;
    return 'more requests than one' if @got > 1;

    my $is = $got[0]->head . "\r\n" . $got[0]->body;

    return if $is eq $want;

    $_ = length > 400 ? substr($_, 0, 400) . '...' : $_ for $is, $want;
    return "got\n$is\nnot\n$want";
}


sub all_of {
    my ($tool, $name, $code, @tried) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my @wrong;

    for my $v (@tried) {
        my $why = wrong($tool, $v, scalar $code->($v));
        push @wrong, show($v) . ": $why" if defined $why;
    }

    ok(!@wrong, $name);
    diag(join "\n", @wrong[0 .. ($#wrong > 5 ? 5 : $#wrong)],
         scalar(@wrong) . ' of ' . @tried) if @wrong;
    return;
}


sub head {
    my ($line, @more) = @_;
    return join "\r\n", "$line HTTP/1.1", 'Host: backend', @more, '', '';
}


for my $way (sort keys %way) {
    for my $position (sort keys %path) {
        my $code = $path{$position}[1];

        my @tried = $way =~ /^(?:plain|uri)$/ ? @values : @few;

        all_of("${position}_$way", "$position, $way", sub {
            my $target = $code->($_[0]);
            return defined $target
                ? head("GET $way{$way}[1]$target", $accept) : undef;
        }, @tried);
    }
}

for my $kind (sort keys %plain_body) {
    my $type = $kind =~ /^(?:form|pairs)$/ ? 'application/x-www-form-urlencoded'
             : $kind eq 'xml'  ? 'application/soap+xml'
             : $kind eq 'text' ? 'text/plain; charset=utf-8' : 'application/json';

    all_of("body_$kind", "body $kind", sub {
        my $body = $plain_body{$kind}[1]->($_[0]);

        return head('POST /plain/body', 'Content-Length: ' . length $body,
                    $accept, "Content-Type: $type") . $body;
    }, @values);
}

all_of('header', 'header', sub {
    my ($v) = @_;

    return if $v =~ /[\0-\x08\x0a-\x1f\x7f]/;
    return head('GET /plain/header',
                'X-Arg: <' . Encode::encode('utf8', $v) . '>', $accept);
}, @values);


for my $name (sort keys %open) {
    my $code = $open{$name}[2];

    all_of("open_$name", "OpenAPI $open{$name}[0] $name", sub {
        my $what = $code->($_[0]);

        return !defined $what ? undef
             : ref $what ? head("GET /plain/$name/a", @$what, $accept)
             : head("GET /plain/$name$what", $accept);
    }, @values);
}


# --- what is no string at all

for my $bad ("\xff", "\xc0\xae\xc0\xae/", "\xed\xa0\x80", "\xe2\x80",
             "\xc0\x80", '\u0000', '\ud800', "\0", "\r\n")
{
    my $r = $t->call('last_plain', { v => raw("\"$bad\"") });

    my @got = map { $_->line } $b->requests;

    is("@got", '',
       'refused: ' . $bad =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ger);
    ok($r->error || $r->result->{isError}, 'with an error');
}


# --- files

sub file {
    my ($v) = @_;

    my $r = $t->call('file', { v => $v });
    return $r->result && !$r->result->{isError} ? $r->text : '';
}


is(file('plain'), 'a file', 'a file is served');
is(file('a b'), 'with a space', 'one with a space');
is(file('%41'), 'with a percent', 'one that looks encoded');
is(file("\x{e9}"), 'with an accent', 'one that is not ASCII');
is(file('?x=1'), 'a query', 'one that looks like a query');
is(file('sub/x'), '', 'but none that is below');
is($t->call('any_file', { v => 'sub/x' })->text, 'below',
   'unless it was said so');

for my $tool (qw(file any_file)) {
    my @out;

    for my $v (@values, map { "${_}secret" } @values) {
        my $r = $t->call($tool, { v => $v });

        push @out, show($v) if !$r->result || $r->body =~ /SECRET/;
    }

    is("@out", '', "$tool: nothing else is");
}

finish();

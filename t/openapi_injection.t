#!/usr/bin/perl

# Values of OpenAPI tools stay values: the parts of a multipart body and the
# parameters of the styles that RFC 6570 does not have are those that were
# given, whatever is in them, or nothing is sent.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use MCPTest;
use MCPTest::Backend;

use Encode ();
use MIME::Base64 qw(encode_base64);

plan(skip_all => 'no module') unless -e MCPTest::module();

my $backend = MCPTest::Backend->start('*' => { type => 'text/plain', body => 'ok' });

my $json = JSON::PP->new->utf8->canonical->allow_nonref;

my $boundary_like = "\r\n--boundary\r\nContent-Disposition: form-data; "
                    . "name=\"admin\"\r\n\r\n1\r\n--boundary--\r\n";

my @values = (
    'x', '', ' ', "a\r\nb", "\r\n", "\n", "\r", "\r\n\r\n", "a\r\n", "--", "\r\n--",
    '--x', $boundary_like, "------WebKitFormBoundary\r\n", '"', '"; filename="x',
    "'", '\\', '\\"', '%22', '%0D%0A', '%', '%zz', '&', '&x=1', '=', '?', '#',
    ';', '+', ',', '|', 'a|b', 'a b', '%7C', '%20', '[', ']', '[]', 'a][b',
    '{', '}', '{a}', '$uri', "\t", "\x01", "\x7f", "\x85", "\x{e9}",
    "\x{2028}", "\x{1f600}", "\x{ff5c}", "Content-Type: text/html\r\n\r\nx",
    'a' x 20_000, "\r\n--" x 5_000,
);


# names of parts that the document has, however odd

my @names = ('a', "b\r\nX-Injected: 1", 'c"; filename="d', 'e%22', 'f[]', "\x{e9}",
             "--boundary\r\n\r\n");


sub operation {
    my ($id, %more) = @_;
    return { operationId => $id, summary => $id, %more,
             responses => { 200 => { description => 'x' } } };
}


sub style {
    my ($id, $style, $explode, $schema, @more) = @_;

    return ("/$id" => { get => operation($id, parameters => [
        { name => 'v', in => 'query', style => $style, explode => $explode,
          schema => $schema }, @more ]) });
}


my $string = { type => 'string' };
my $list = { type => 'array', items => $string };
my $map = { type => 'object', additionalProperties => $string };

my $document = $json->encode({
    openapi => '3.1.0', info => { title => 'x', version => '1' },
    paths => {
        '/upload' => { post => operation('upload', requestBody => { content => {
            'multipart/form-data' => {
                schema => { type => 'object', properties => {
                    (map { $_ => $string } @names),
                    list => $list, meta => { type => 'object' },
                    file => { type => 'string', format => 'binary' },
                    files => { type => 'array', items => {
                        type => 'string', format => 'binary' } } } },
                encoding => { file => { contentType => 'image/png' } },
            } } }) },
        style('space', 'spaceDelimited', JSON::PP::false, $list),
        style('pipe', 'pipeDelimited', JSON::PP::false, $list),
        style('pipes', 'pipeDelimited', JSON::PP::true, $list),
        style('pipemap', 'pipeDelimited', JSON::PP::false, $map),
        style('form', 'form', JSON::PP::false, $list),
        style('deep', 'deepObject', JSON::PP::true,
              { type => 'object', additionalProperties => JSON::PP::true },
              { name => 'v[fixed]', in => 'query', schema => $string }),
    },
});

my $t = MCPTest->new(
    http => 'proxy_http_version 1.1; proxy_set_header Connection "";
             proxy_set_header Host backend; client_max_body_size 4m;',
    server => 'location /b/ { internal; proxy_pass http://127.0.0.1:'
              . $backend->port . '; }',
    location => 'mcp; mcp_openapi %%DIR%%/x.json { pass /b; }',
    files => { 'x.json' => $document },
)->start;

my %argument = map { $_->{name} => $_->{inputSchema}{properties} }
               @{ $t->rpc('tools/list', {})->result->{tools} };

is(scalar keys %argument, 7, 'the tools');


sub show {
    my ($v) = @_;

    my $text = JSON::PP->new->ascii->canonical->allow_nonref->encode($v);
    return length $text > 60 ? substr($text, 0, 60) . '...' : $text;
}


sub all_ok {
    my ($name, @wrong) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    ok(!@wrong, $name);
    diag(join "\n", @wrong[0 .. ($#wrong > 5 ? 5 : $#wrong)]) if @wrong;
    return;
}


# the request of a call; undef if the tool refused it and nothing was sent

sub sent {
    my ($tool, $args) = @_;

    my $r = $t->call($tool, $args);
    my @got = $backend->requests;

    die 'no answer: ' . ($r->problem // $r->body) . "\n" if !$r->result;
    die 'more requests than one: ' . join(' ', map { $_->line } @got) . "\n"
        if @got > 1;
    die 'sent in spite of an error' . "\n" if @got && $r->result->{isError};
    die 'no error' . "\n" if !@got && !$r->result->{isError};
    die 'the error does not name it: ' . $r->text . "\n"
        if !@got && $r->text !~ /"v"/;

    return $got[0];
}


# --- parts, read by the letter of RFC 7578: what a line of the boundary
# encloses, a head, an empty line, bytes

sub parts {
    my ($request) = @_;

    my ($boundary) = ($request->header('Content-Type') // '')
        =~ /\Amultipart\/form-data; boundary=([A-Za-z0-9'()+_,.\/:=?-]{1,70})\z/
        or die "no boundary\n";
    my $body = "\r\n" . $request->body;
    my @parts = split /\r\n--\Q$boundary\E(?=\r\n|--)/, $body, -1;

    die "something before the parts\n" if shift(@parts) ne '';
    die "no end\n" if pop(@parts) ne "--\r\n";

    return map {
        /\A\r\n(.*?)\r\n\r\n(.*)\z/s or die "no part: " . show($_) . "\n";
        [$1, $2];
    } @parts;
}


sub part {
    my ($name, $value, $more) = @_;

    $name = Encode::encode('utf8', $name) =~ s/"/%22/gr =~ s/\r/%0D/gr
            =~ s/\n/%0A/gr;
    return ["Content-Disposition: form-data; name=\"$name\"" . ($more // ''),
            Encode::encode('utf8', $value)];
}


sub parts_wrong {
    my ($args, @want) = @_;

    my @got = eval { parts(sent('upload', $args)) };

    return $@ if $@;

    # as the document is, members of which Perl puts in any order

    my ($is, $should) = map {
        join "\n", map { "$_->[0]|$_->[1]" } sort { "@$a" cmp "@$b" } @$_
    } \@got, \@want;

    return if $is eq $should;
    return 'got ' . show($is) . ' not ' . show($should);
}


# arguments have names that tools may have; each is of one part

my %by_name;

for my $name (keys %{ $argument{upload} }) {
    next if $name =~ /^(?:list|meta|files?)$/;

    my ($part) = parts(sent('upload', { $name => 'v' }));
    $by_name{$part->[0]} = $name;
}

all_ok('the names of parts',
       grep { !exists $by_name{$_} } map { part($_, '')->[0] } @names);

my $odd = $by_name{ part($names[1], '')->[0] };

for my $case (
    ['a value', sub { ({ a => $_[0] }, part('a', $_[0])) }],
    ['a value of an odd name',
     sub { ({ $odd => $_[0] }, part($names[1], $_[0])) }],
    ['the elements of a list',
     sub { ({ list => [$_[0], 'x', $_[0]] }, part('list', $_[0]),
            part('list', 'x'), part('list', $_[0])) }],
    ['JSON', sub {
        my $text = $json->encode({ $_[0] => $_[0] });
        return ({ meta => { $_[0] => $_[0] } },
                part('meta', Encode::decode('utf8', $text),
                     "\r\nContent-Type: application/json")) }],
    ['bytes', sub {
        my $bytes = encode_base64(Encode::encode('utf8', $_[0]), '');
        return ({ file => $bytes, files => [$bytes, $bytes] },
                part('file', $_[0],
                     "; filename=\"file\"\r\nContent-Type: image/png"),
                (part('files', $_[0], "; filename=\"files\"\r\nContent-Type: "
                                      . 'application/octet-stream')) x 2) }],
) {
    all_ok("parts: $case->[0]", map {
        my $why = parts_wrong($case->[1]->($_));
        $why ? show($_) . ": $why" : ()
    } @values);
}

my @many = map { "$_\r\n--$_" } 1 .. 2000;

all_ok('parts: many of them',
       parts_wrong({ list => \@many }, map { part('list', $_) } @many));
all_ok('parts: all values at once',
       parts_wrong({ list => \@values }, map { part('list', $_) } @values));


# --- parameters, read by their style

sub decode {
    my ($text) = @_;
    return Encode::decode('utf8', $text =~ s/%([0-9A-F]{2})/chr hex $1/ger);
}


sub pairs {
    my ($request) = @_;

    my $query = $request->query;

    die 'what is no query: ' . show($query) . "\n"
        if defined $query && $query !~ /\A(?:[A-Za-z0-9\-._~=&,]|%[0-9A-F]{2})*\z/;

    return map { [split /=/, $_, 2] } split /&/, $query // '', -1;
}


# The values that are seen by a service that splits before it decodes, and by
# one that does so afterwards: both see the same, or nothing is sent.

sub list_wrong {
    my ($tool, $separator, $encoded, @list) = @_;

    my $request = eval { sent($tool, { v => \@list }) };
    return $@ if $@;

    my $ambiguous = grep { index($_, $separator) >= 0 } @list;

    if (!$request) {
        return $ambiguous ? () : 'refused';
    }

    my @pairs = eval { pairs($request) };

    return $@ if $@;
    return 'not one parameter' if @pairs != 1 || $pairs[0][0] ne 'v';

    my @raw = map { decode($_) } split /\Q$encoded\E/, $pairs[0][1], -1;

    @raw = ('') if !@raw;
    return 'got ' . show(\@raw) if $json->encode(\@raw) ne $json->encode(\@list);

    my @decoded = split /\Q$separator\E/, decode($pairs[0][1]), -1;

    @decoded = ('') if !@decoded;
    return 'decoded ' . show(\@decoded)
        if $encoded ne $separator
           && $json->encode(\@decoded) ne $json->encode(\@list);
    return;
}


for my $case (['space', ' ', '%20'], ['pipe', '|', '%7C']) {
    my ($tool, @separator) = @$case;

    all_ok("$tool: a value", map {
        my $why = list_wrong($tool, @separator, $_);
        $why ? show($_) . ": $why" : ()
    } @values);

    all_ok("$tool: some values", map {
        my $why = list_wrong($tool, @separator, 'x', $_, 'y');
        $why ? show($_) . ": $why" : ()
    } grep { length } @values);
}

# commas between values are none, those in them are encoded

all_ok('form: some values', map {
    my ($pair, @more) = pairs(sent('form', { v => ['x', $_, 'y'] }));
    my @got = map { decode($_) } split /,/, $pair->[1], -1;

    !@more && $json->encode(\@got) eq $json->encode(['x', $_, 'y'])
        ? () : show($_) . ': got ' . show(\@got)
} @values);

all_ok('pipes: a parameter each', map {
    my @pairs = pairs(sent('pipes', { v => [$_, 'x', $_] }));
    my @got = map { decode($_->[1]) } @pairs;

    $json->encode(\@got) eq $json->encode([$_, 'x', $_])
        && !grep({ $_->[0] ne 'v' } @pairs)
        ? () : show($_) . ': got ' . show(\@got)
} @values);

all_ok('pipemap: names and values', map {
    my $request = sent('pipemap', { v => { $_ => 'x' } });

    /\|/ ? ($request ? show($_) . ': sent' : ())
    : $request && $request->query eq 'v='
      . (Encode::encode('utf8', $_)
         =~ s/([^A-Za-z0-9\-._~])/sprintf '%%%02X', ord $1/ger) . '%7Cx' ? ()
    : show($_) . ': ' . ($request ? $request->query : 'refused')
} @values);


# --- deepObject: one parameter for each leaf, of exactly that name

all_ok('deep: a value', map {
    my @pairs = pairs(sent('deep', { v => { a => $_, b => { c => [$_, 'x'] } } }));
    my @got = sort map { decode($_->[0]) . '=' . decode($_->[1]) } @pairs;
    my @want = sort "v[a]=$_", "v[b][c]=$_", 'v[b][c]=x';

    "@got" eq "@want" ? () : show($_) . ': got ' . show(\@got)
} @values);

all_ok('deep: a name', map {
    my $request = eval { sent('deep', { v => { $_ => 'x', y => { $_ => 'z' } } }) };

    $@ ? show($_) . ": $@"
    : /[\[\]]/ || !length
      ? ($request ? show($_) . ': sent ' . $request->query : ())
    : !$request ? show($_) . ': refused'
    : join(' ', sort map { decode($_->[0]) . '=' . decode($_->[1]) }
                pairs($request))
      ne join(' ', sort "v[$_]=x", "v[y][$_]=z")
      ? show($_) . ': got ' . $request->query : ()
} @values);

for my $v ({ fixed => 1 }, { fixed => { x => 1 } }, { fixed => [1] }) {
    ok(!sent('deep', { v => $v }), 'deep: no other parameter: ' . show($v));
}

finish();

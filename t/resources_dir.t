#!/usr/bin/perl

# mcp_resources: the files of a directory, and nothing else.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Encode ();
use FindBin;
use POSIX ();
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;

my $t = MCPTest->new(
    http => "types { text/markdown md; image/png png; }",
    server => <<'EOC', location => <<'EOC');
    location = /list {
        mcp;
        mcp_resource  docs://a.md { text "instead of the file"; }
        mcp_resources tree uri=docs:// list=on depth=3 "title=The tree"
                      name=tree "description=All of it.";
    }

    location = /shallow {
        mcp;
        mcp_resources tree/ uri=file:///srv/ list=on depth=1
                      type=application/json max=4;
    }

    location = /link {
        mcp;
        mcp_resources link uri=link: ttl=30s;
    }
EOC
        mcp;
        mcp_resources tree uri=docs://;
EOC

my $dir = $t->dir;
my $r;


sub make {
    my ($path, $content) = @_;
    my @dirs = split m{/}, $path;

    pop @dirs;
    my $at = "$dir";
    mkdir($at .= "/$_") for @dirs;

    open my $fh, '>:raw', "$dir/$path" or die "$path: $!\n";
    print $fh $content;
    close $fh or die;
    return "$dir/$path";
}


sub resource_read {
    my ($uri, %o) = @_;
    return $t->rpc('resources/read', { uri => $uri }, %o);
}


sub contents { return resource_read(@_)->result->{contents} }


sub not_found {
    my ($uri, $name, %o) = @_;

    $r = resource_read($uri, %o);
    ok_error($r, 200, -32602, "$name is not found");
    unlike($r->body, qr/classified/, "$name: says nothing");
    is_deeply($r->error->{data}, { uri => $uri }, "$name: but what was asked");
    return;
}


sub complete {
    my ($value, %o) = @_;
    my $result = $t->rpc('completion/complete', {
        ref => { type => 'ref/resource',
                 uri => delete $o{template} || 'docs://{+path}' },
        argument => { name => 'path', value => $value } }, %o)->result;

    return $result ? join(' ', @{ $result->{completion}{values} }) : undef;
}


make('outside/secret', 'classified');
make('tree/a.md', "# A\n");
make('tree/b.png', "\x89PNG\0");
make('tree/plain', 'plain');
make('tree/Zebra', '');
make('tree/with space & 100%.md', 'odd name');
make("tree/\xc3\xa9t\xc3\xa9.md", 'summer');
make("tree/latin\xe9.md", 'latin');
make('tree/.hidden', 'classified');
make('tree/.git/config', 'classified');
make('tree/sub/c.md', 'C');
make('tree/sub/deep/d.md', 'D');
make('tree/sub/deep/deeper/e.md', 'E');
make('tree/sub2/f.md', 'F');
symlink '../outside/secret', "$dir/tree/secret.md" or die;
symlink '../outside', "$dir/tree/outlink" or die;
symlink 'a.md', "$dir/tree/alias.md" or die;
symlink 'sub', "$dir/tree/subalias" or die;
symlink '/', "$dir/tree/rootlink" or die;
symlink 'tree', "$dir/link" or die;
POSIX::mkfifo("$dir/tree/pipe", 0600) or die;
utime 1767323045, 1767323045, "$dir/tree/sub/c.md" or die;

$t->start;


# files

for (['docs://a.md', 'text/markdown', text => "# A\n"],
     ['docs://b.png', 'image/png', blob => 'iVBORwA='],
     ['docs://plain', 'text/plain', text => 'plain'],
     ['docs://Zebra', 'text/plain', text => ''],
     ['docs://with%20space%20%26%20100%25.md', 'text/markdown',
      text => 'odd name'],
     ['docs://with%20space%20&%20100%25.md', 'text/markdown',
      text => 'odd name'],
     ['docs://%C3%A9t%C3%A9.md', 'text/markdown', text => 'summer'],
     ['docs://sub/c.md', 'text/markdown', text => 'C'],
     ['docs://sub%2Fc.md', 'text/markdown', text => 'C'],
     ['docs://sub/deep/deeper/e.md', 'text/markdown', text => 'E'])
{
    my ($uri, $type, $member, $value) = @$_;

    $r = resource_read($uri);
    ok_result($r, "$uri: read");
    is_deeply($r->result->{contents}, [{ uri => $uri, mimeType => $type,
                                         $member => $value }],
              "$uri: $type as $member");
}

# and nothing else

not_found("docs://$_", $_)
    for qw(nothing sub sub/ sub/nothing a.md/ a.md/b / /a.md //a.md
           sub//c.md ./a.md sub/./c.md .. ../outside/secret
           sub/../../outside/secret sub/../a.md %2e%2e/outside/secret
           ..%2Foutside%2Fsecret sub%2F..%2F..%2Foutside%2Fsecret
           %2e%2e%2foutside%2fsecret ..%5Coutside%5Csecret
           ..%252Foutside%252Fsecret %252e%252e/outside/secret
           a.md%00 %00 a.md%00.png latin%E9.md %C0%AE%C0%AE/outside/secret
           .hidden .git/config sub/.hidden
           secret.md outlink outlink/secret alias.md subalias/c.md
           rootlink/etc/passwd pipe a.md?x=1), 'a.md#b';
not_found("docs://$dir/outside/secret", 'an absolute path');
not_found('docs://' . 'x' x 300, 'a name that is too long');
not_found('docs://' . 'x/' x 200 . 'x', 'a path that is too deep');
not_found('docs://' . join('/', ('sub/..') x 100, '..', 'outside/secret'),
          'a long way out');
ok_error($t->legacy('resources/read', { uri => 'docs://../outside/secret' }),
         200, -32002, 'legacy: not found');

# a directory that changes while nginx runs

make('tree/new.md', 'new');
is(contents('docs://new.md')->[0]{text}, 'new', 'a new file is there at once');

rename "$dir/tree/sub2", "$dir/tree/sub3" or die;
symlink '../outside', "$dir/tree/sub2" or die;
make('outside/f.md', 'classified');
not_found('docs://sub2/f.md', 'a directory that has become a link');

unlink "$dir/tree/new.md" or die;
symlink '../outside/secret', "$dir/tree/new.md" or die;
not_found('docs://new.md', 'a file that has become a link');
unlink "$dir/tree/$_" for qw(new.md sub2);
rename "$dir/tree/sub3", "$dir/tree/sub2" or die;

# limits

$r = resource_read('file:///srv/plain', uri => '/shallow');
ok_error($r, 200, -32603, 'a file that is larger than max');
like($r->error->{message}, qr/5 bytes, up to 4 are served/, 'says so');
$t->wait_log(qr/mcp file "plain" of 5 bytes is larger than 4/);
is_deeply(contents('file:///srv/a.md', uri => '/shallow'),
          [{ uri => 'file:///srv/a.md', mimeType => 'application/json',
             text => "# A\n" }], 'a file that is just as large');
not_found('file:///srv/sub/c.md', 'a file below depth', uri => '/shallow');
is(contents('docs://sub/deep/d.md', uri => '/list')->[0]{text}, 'D',
   'a file at depth');
not_found('docs://sub/deep/deeper/e.md', 'a file below it', uri => '/list');

$r = resource_read('link:a.md', uri => '/link');
is($r->result->{contents}[0]{text}, "# A\n", 'the root may be a link');
is($r->result->{ttlMs}, 30000, 'ttl');
is($r->result->{cacheScope}, 'private', 'private');


# lists

is_deeply($t->rpc('server/discover')->result->{capabilities},
          { logging => {}, tools => { listChanged => true },
            resources => { listChanged => true, subscribe => true },
            completions => {} },
          'capabilities');
is_deeply($t->rpc('resources/list')->result->{resources}, [],
          'no files are listed by default');
is_deeply($t->rpc('resources/templates/list')->result->{resourceTemplates},
          [{ uriTemplate => 'docs://{+path}', name => 'tree' }],
          'but the template');
is_deeply($t->rpc('resources/templates/list', {}, uri => '/list')
            ->result->{resourceTemplates},
          [{ uriTemplate => 'docs://{+path}', name => 'tree',
             title => 'The tree', description => 'All of it.' }],
          'with what it says of itself');

my $list = $t->rpc('resources/list', {}, uri => '/list')->result->{resources};
my %listed = map { $_->{uri} => $_ } @$list;

is(join(' ', map { $_->{uri} } @$list), join(' ', map { "docs://$_" }
   qw(a.md Zebra b.png plain with%20space%20%26%20100%25.md
      %C3%A9t%C3%A9.md sub/c.md sub2/f.md sub/deep/d.md)),
   'files in an order that stays, what is named in the configuration first');
is_deeply($listed{'docs://sub/c.md'},
          { uri => 'docs://sub/c.md', name => 'c.md', size => 1,
            mimeType => 'text/markdown',
            annotations => { lastModified => '2026-01-02T03:04:05Z' } },
          'size and time');
is($listed{'docs://Zebra'}{size}, 0, 'an empty file has a size');
is(contents('docs://a.md', uri => '/list')->[0]{text}, 'instead of the file',
   'a resource of its own stands for the file');

for my $uri (sort keys %listed) {
    ok_result(resource_read($uri, uri => '/list'), "$uri: listed and there");
}

is(join(' ', map { $_->{uri} } @{ $t->rpc('resources/list', {},
    uri => '/shallow')->result->{resources} }), join(' ', map {
    "file:///srv/$_" } qw(Zebra a.md b.png plain
    with%20space%20%26%20100%25.md %C3%A9t%C3%A9.md)), 'depth of a list');

make('tree/later.md', 'later');
$t->reload;
ok((grep { $_->{uri} eq 'docs://later.md' } @{ $t->rpc('resources/list', {},
    uri => '/list')->result->{resources} }),
   'a reload lists what is there now');
unlink "$dir/tree/later.md" or die;
not_found('docs://later.md', 'what is listed and gone', uri => '/list');


# completion

is(complete(''), "Zebra a.md b.png plain sub/ sub2/ with space & 100%.md "
   . "\x{e9}t\x{e9}.md", 'files and directories');
is(complete('z'), 'Zebra', 'without regard to case');
is(complete('su'), 'sub/ sub2/', 'directories');
is(complete('sub/'), 'sub/c.md sub/deep/', 'in a directory');
is(complete('sub/deep/d'), 'sub/deep/d.md sub/deep/deeper/', 'deeper');
is(complete($_), '', "\"$_\": nothing")
    for qw(nothing / // ../ ../outside/ outlink/ .git/ . rootlink/ sub// a.md/
           subalias/);
is(complete('', uri => '/shallow', template => 'file:///srv/{+path}'),
   "Zebra a.md b.png plain with space & 100%.md \x{e9}t\x{e9}.md",
   'no directories below depth');
is(complete('sub/', uri => '/shallow', template => 'file:///srv/{+path}'), '',
   'and nothing in them');
is(complete('sub/deep/', uri => '/list'), 'sub/deep/d.md', 'depth');

make("tree/many/$_.md", '') for 1000 .. 1119;
$r = $t->rpc('completion/complete', {
    ref => { type => 'ref/resource', uri => 'docs://{+path}' },
    argument => { name => 'path', value => 'many/' } })->result->{completion};
is(scalar @{ $r->{values} }, 100, 'a hundred values');
is($r->{values}[0], 'many/1000.md', 'sorted');
is($r->{total}, 120, 'of more');
is($r->{hasMore}, true, 'hasMore');


# permissions

SKIP: {
    skip('root may read everything', 3) if $> == 0;

    chmod 0, "$dir/tree/plain" or die;
    not_found('docs://plain', 'a file that nginx may not read');
    chmod 0644, "$dir/tree/plain";
}


# mistakes

for (['no URI', 'list=on', qr/needs a "uri="/],
     ['a template', '"uri=docs://{path}/"', qr/no beginning of URIs/],
     ['no separator', 'uri=docs://x', qr/no beginning of URIs/],
     ['no scheme', 'uri=docs/', qr/template must begin with a scheme/],
     ['a space', '"uri=a:b /"', qr/percent-encoded/],
     ['list', 'uri=a: list=yes', qr/"list=" that is neither/],
     ['depth 0', 'uri=a: depth=0', qr/"depth=" that is not from 1 to 64/],
     ['depth 65', 'uri=a: depth=65', qr/"depth=" that is not/],
     ['depth', 'uri=a: depth=x', qr/"depth=" that is not/],
     ['max', 'uri=a: max=x', qr/invalid size in "max="/],
     ['ttl', 'uri=a: ttl=x', qr/invalid time in "ttl="/],
     ['twice', 'uri=a: uri=b:', qr/duplicate parameter "uri=b:"/],
     ['empty', 'uri=a: type=', qr/empty or duplicate parameter "type="/],
     ['unknown', 'uri=a: colour=red', qr/invalid parameter "colour=red"/])
{
    my ($name, $options, $re) = @$_;
    refused($name, location => "mcp_resources . $options;", $re);
}

refused('no such directory', location => 'mcp_resources none uri=a:;',
        qr/none" failed .*No such file/);
refused('a file', location => 'mcp_resources nginx.conf uri=a:;',
        qr/what is no directory/);
refused('an empty directory name', location => 'mcp_resources "" uri=a:;',
        qr/an empty directory/);
refused('one URI twice',
        location => "mcp_resources . uri=a:;\nmcp_resources / uri=a:;",
        qr/resource "a:\{\+path\}": there is one/);
refused('too few parameters', location => 'mcp_resources .;',
        qr/invalid number of arguments/);
accepted('all of it', location => 'mcp; mcp_resources . uri=a:b/ type=text/x '
         . 'list=on depth=1 max=10m ttl=1h name=n "title=T" "description=D";');

finish();

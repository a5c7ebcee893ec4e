#!/usr/bin/perl

# The pack "files": list_files, read_file, search_files, and nothing that is
# not below a root.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Encode ();
use FindBin;
use MIME::Base64 ();
use POSIX ();
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;
use MCPTest::Events;
use Time::HiRes qw(time);

my $t = MCPTest->new(
    server => <<'EOC', location => <<'EOC');
    location = /two {
        mcp;
        mcp_tools files;
        mcp_files_root tree tree;
        mcp_files_root big big;
    }

    location = /link {
        mcp;
        mcp_tools files;
        mcp_files_root linked link;
    }
EOC
        mcp;
        mcp_tools files demo;
        mcp_files_root tree tree;
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


sub structured {
    my ($tool, $args, %o) = @_;

    $r = $t->call($tool, $args, %o);
    return $r->body if !$r->result || $r->result->{isError};
    return $r->result->{structuredContent};
}


# "a.md sub/ sub/c.md", then "+why" if it is not all

sub list {
    my $s = structured('list_files', @_);

    return $s if !ref $s;
    return join ' ', (map { $_->{path} . ($_->{type} eq 'directory' ? '/' : '')
                    } @{ $s->{entries} }),
                     $s->{truncated} ? "+$s->{truncated}" : ();
}


# "path:line:column:text", then "+why"

sub search {
    my ($pattern, %args) = @_;
    my $s = structured('search_files', { pattern => $pattern, %args });

    return $s if !ref $s;
    return join ' ', (map { join ':', @$_{qw(path line column text)} }
                      @{ $s->{matches} }),
                     $s->{truncated} ? "+$s->{truncated}" : ();
}


make('outside/secret', "classified\n");
make('tree/a.md', "# A\nsecond line\nthird needle\n");
make('tree/b.bin', "\x89PNG\0needle\n");
make('tree/empty', '');
make('tree/utf8.txt', "\xc3\xa9t\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 end");
make("tree/\xc3\xa9t\xc3\xa9.md", "summer\n");
make("tree/latin\xe9.md", 'needle');
make('tree/latin1', "caf\xe9 needle\r\n");
make('tree/.hidden', "classified needle\n");
make('tree/.git/config', "classified needle\n");
make('tree/sub/c.c', "int needle(void);\nint b;\n");
make('tree/sub/deep/d.h', "Needle\n" . 'x' x 3000 . 'NEEDLE' . 'y' x 3000);
make('tree/sub/deep/deeper/e.c', "nothing\n");
make('tree/lines', join '', map { "line $_\n" } 1 .. 50000);
make('tree/nonl', "one\ntwo");
make('tree/long', 'a' x 200000 . "\nneedle after\n");
make('big/one', "needle\n" x 10);
symlink '../outside/secret', "$dir/tree/secret.md" or die;
symlink '../outside', "$dir/tree/outlink" or die;
symlink 'a.md', "$dir/tree/alias.md" or die;
symlink '/', "$dir/tree/rootlink" or die;
symlink 'tree', "$dir/link" or die;
POSIX::mkfifo("$dir/tree/pipe", 0600) or die;
utime 1767323045, 1767323045, "$dir/tree/sub/c.c" or die;

$t->start;


# tools/list

my %tool = map { $_->{name} => $_ }
           @{ $t->rpc('tools/list')->result->{tools} };

for my $name (qw(list_files read_file search_files)) {
    is_deeply($tool{$name}{annotations}, { readOnlyHint => true,
        idempotentHint => true, destructiveHint => false,
        openWorldHint => false }, "$name: annotations");
    ok($tool{$name}{outputSchema}, "$name: an output schema");
}


# list_files

my $all = 'a.md b.bin empty latin1 lines long nonl sub/ utf8.txt '
          . "\x{e9}t\x{e9}.md";

is(list({}), $all, 'list: the root');
is(list({ path => '' }), $all, 'list: an empty path');
is(list({ path => '.' }), $all, 'list: a dot');
is(list({ path => 'sub' }), 'sub/c.c sub/deep/', 'list: a directory');
is(list({ path => './sub/' }), 'sub/c.c sub/deep/', 'list: the same');
is(list({ root => 'tree', path => 'sub', depth => 2 }),
   'sub/c.c sub/deep/ sub/deep/d.h sub/deep/deeper/', 'list: two levels');
is(list({ depth => 64, names => ['*.c', '*.h'] }),
   'sub/c.c sub/deep/d.h sub/deep/deeper/e.c', 'list: names');
is(list({ depth => 64, names => ['sub/*/?.c'] }), 'sub/deep/deeper/e.c',
   'list: names with a path');
is(list({ names => ["?t?.md"] }), "\x{e9}t\x{e9}.md",
   'list: a character is one');
is(list({ names => ['*a*a*a*a*a*a*a*a*a*a*b'] }), '', 'list: many stars');
is(list({ depth => 64, max_entries => 3 }), 'a.md b.bin empty +entries',
   'list: more than wanted');
is(list({ max_entries => 10 }), $all, 'list: just as many');
is_deeply((grep { $_->{path} eq 'sub/c.c' } @{ structured('list_files',
              { path => 'sub' })->{entries} })[0],
          { path => 'sub/c.c', type => 'file', size => 25,
            modified => '2026-01-02T03:04:05Z' }, 'list: size and time');
is(structured('list_files', {})->{count}, 10, 'list: count');
is(structured('list_files', {})->{root}, 'tree', 'list: the root is named');

is_deeply(structured('list_files', {}, uri => '/two'),
          { count => 2, entries => [{ path => 'tree', type => 'root' },
                                    { path => 'big', type => 'root' }] },
          'list: roots');
is(list({ root => 'big' }, uri => '/two'), 'one', 'list: one of two roots');
is(list({}, uri => '/link'), $all, 'list: the root may be a link');

for my $tool (qw(list_files read_file search_files)) {
    my %more = $tool eq 'search_files' ? (pattern => 'x') : ();

    ok_tool_error($t->call($tool, { root => 'none', path => 'a.md', %more },
                           uri => '/two'),
                  qr/no root "none".*one of: tree, big$/,
                  "$tool: an unknown root");
    ok_tool_error($t->call($tool, { path => 'a.md', %more }, uri => '/two'),
                  qr/"root" is required here, one of: tree, big$/,
                  "$tool: which root");
}


# what leads nowhere, for all three

my @nowhere = (qw(nothing sub/nothing a.md/b / /a.md //a.md sub//c.c .. ...
    ../outside ../outside/secret sub/../../outside/secret sub/../a.md
    .hidden .git .git/config sub/.hidden
    secret.md outlink outlink/secret alias.md rootlink rootlink/etc/passwd pipe
    %2e%2e/outside/secret ..\outside\secret /etc/passwd /dev/zero
    ./../outside/secret), "$dir/outside/secret", 'x' x 300, 'x/' x 200 . 'x',
    join('/', ('sub/..') x 100, '..', 'outside/secret'));

for my $path (@nowhere) {
    my $name = length $path > 40 ? substr($path, 0, 40) : $path;

    for my $tool (qw(list_files read_file search_files)) {
        $r = $t->call($tool, { path => $path,
            $tool eq 'search_files' ? (pattern => 'classified') : () });
        ok_tool_error($r, qr/^there is no .* in root "tree"/,
                      "$tool: \"$name\" is not there");
        unlike($r->body, qr/"classified\\?n?"|\bpasswd:|root:/,
               "$tool: \"$name\" says nothing");
    }
}

ok_tool_error($t->call('read_file', { path => 'sub' }), qr/no file "sub"/,
              'read: a directory');
ok_tool_error($t->call('list_files', { path => 'a.md' }),
              qr/no directory "a\.md".*relative to the root/,
              'list: a file');
ok_error($t->post('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":'
    . '{"name":"read_file","arguments":{"path":"a.md\u0000.png"}}}'),
    [200, 400], -32600, 'read: NUL');


# read_file

sub content {
    my $s = structured('read_file', @_);

    return ref $s ? $s->{content} : $s;
}

is_deeply(structured('read_file', { path => 'a.md' }),
          { root => 'tree', path => 'a.md', size => 29, encoding => 'text',
            offset => 0, length => 29,
            content => "# A\nsecond line\nthird needle\n" }, 'read: text');
is($r->text, "# A\nsecond line\nthird needle\n", 'read: as it is');
is(scalar @{ $r->result->{content} }, 1, 'read: nothing else');
is_deeply(structured('read_file', { path => 'b.bin' }),
          { root => 'tree', path => 'b.bin', size => 12, encoding => 'base64',
            offset => 0, length => 12,
            content => MIME::Base64::encode("\x89PNG\0needle\n", '') },
          'read: bytes');
is(content({ path => 'empty' }), '', 'read: an empty file');
is(content({ path => './sub/c.c' }), "int needle(void);\nint b;\n",
   'read: in a directory');
is(content({ path => "\x{e9}t\x{e9}.md" }), "summer\n",
   'read: a name in UTF-8');
is(content({ path => 'a.md', encoding => 'base64' }),
   MIME::Base64::encode("# A\nsecond line\nthird needle\n", ''),
   'read: text as bytes');
is(content({ path => 'b.bin', encoding => 'text' }),
   "\x{fffd}PNG\x{fffd}needle\n", 'read: bytes as text');
is(content({ path => 'latin1' }),
   MIME::Base64::encode("caf\xe9 needle\r\n", ''), 'read: not UTF-8');
is(content({ path => 'latin1', encoding => 'text' }),
   "caf\x{fffd} needle\r\n", 'read: not UTF-8, as text');

# bytes

my $s = structured('read_file', { path => 'a.md', offset => 4, length => 6 });
is_deeply($s, { root => 'tree', path => 'a.md', size => 29,
                encoding => 'text', offset => 4, length => 6,
                next_offset => 10, content => 'second' }, 'read: a range');
is($r->result->{content}[1]{text}, '[6 bytes of 29; goes on at offset 10]',
   'read: and where it goes on');
$s = structured('read_file', { path => 'a.md', offset => 23 });
is($s->{content}, "eedle\n", 'read: to the end');
ok(!exists $s->{next_offset}, 'read: which is the end');
is(content({ path => 'a.md', offset => 29 }), '', 'read: at the end');
ok_tool_error($t->call('read_file', { path => 'a.md', offset => 30 }),
              qr/beyond the end of the file, which has 29 bytes/,
              'read: beyond it');

my $text = Encode::decode('UTF-8', $t->slurp('tree/utf8.txt'));

for my $length (1 .. 8) {
    my ($offset, $got) = (0, '');

    for (1 .. 40) {
        $s = structured('read_file', { path => 'utf8.txt', offset => $offset,
                                       length => $length });
        $got .= $s->{content} if $s->{encoding} eq 'text';
        last if !defined $s->{next_offset};
        cmp_ok($s->{next_offset}, '>', $offset, 'read: goes on')
            if $s->{next_offset} <= $offset;
        $offset = $s->{next_offset};
    }

    is($got, $text, "read: whole characters by $length bytes") if $length > 3;
}

is(structured('read_file', { path => 'utf8.txt', offset => 1,
   length => 10 })->{offset}, 2, 'read: begins with a character');
is(structured('read_file', { path => 'lines' })->{length}, 262144,
   'read: a quarter of a megabyte by default');
is(structured('read_file', { path => 'lines' })->{next_offset}, 262144,
   'read: and the next');
ok_tool_error($t->call('read_file', { path => 'lines', length => 1048577 }),
              qr{/length}, 'read: too much');

# lines

$s = structured('read_file', { path => 'lines', first_line => 40000,
                               lines => 2 });
is($s->{content}, "line 40000\nline 40001\n", 'read: lines');
is("@$s{qw(first_line lines next_line next_offset)}", '40000 2 40002 '
   . ($s->{offset} + 22), 'read: and the next');
is($r->result->{content}[1]{text} =~ /goes on at offset \d+, line (\d+)\]$/
   && $1, 40002, 'read: and in words');
is(content({ path => 'lines', lines => 1 }), "line 1\n", 'read: the first');
$s = structured('read_file', { path => 'lines', first_line => 50000 });
is($s->{content}, "line 50000\n", 'read: the last');
ok(!defined $s->{next_line} && !defined $s->{next_offset},
   'read: it is the last');
is(content({ path => 'nonl', first_line => 2 }), 'two',
   'read: a last line without a newline');
is(content({ path => 'empty', first_line => 1 }), '', 'read: no line at all');
ok_tool_error($t->call('read_file', { path => 'lines',
                                      first_line => 50001 }),
              qr/beyond the end of the file, which has 50000 lines/,
              'read: a line that is not there');
ok_tool_error($t->call('read_file', { path => 'nonl', first_line => 3 }),
              qr/which has 2 lines/, 'read: of a file without a newline');
ok_tool_error($t->call('read_file', { path => 'a.md', offset => 0,
                                      first_line => 1 }),
              qr/"offset" is one of bytes/, 'read: bytes and lines');
$s = structured('read_file', { path => 'lines', first_line => 1,
                               length => 10 });
is($s->{content}, "line 1\n", 'read: as many lines as fit');
is($s->{next_line}, 2, 'read: and the next');
$s = structured('read_file', { path => 'long', first_line => 1,
                               length => 1000 });
is($s->{content}, 'a' x 1000, 'read: a line that is too long');
is($s->{next_offset}, 1000, 'read: goes on by bytes');
ok(!defined $s->{next_line}, 'read: not by lines');

{
    my ($line, $got) = (1, '');

    while ($line) {
        $s = structured('read_file', { path => 'lines', first_line => $line,
                                       lines => 100000,
                                       length => 100001 });
        $got .= $s->{content};
        $line = $s->{next_line};
    }

    is($got, $t->slurp('tree/lines'), 'read: all of a file, line by line');
}

is($t->legacy_call('read_file', { path => 'a.md' })->text,
   "# A\nsecond line\nthird needle\n", 'read: a handshake client');


# search_files

is(search('needle'), 'a.md:3:7:third needle '
   . "latin1:1:6:caf\x{fffd} needle long:2:1:needle after "
   . 'sub/c.c:1:5:int needle(void);', 'search: everything');
is_deeply(structured('search_files', { pattern => 'needle' })->{skipped},
          { binary => 1, large => 0, unreadable => 0 },
          'search: but for binary files');
is($r->result->{structuredContent}{searched}, 11, 'search: how many');
is(search('NEEDLE', flags => 'i', names => ['*.c']),
   'sub/c.c:1:5:int needle(void);', 'search: flags and names');
is(search('e', path => 'sub', depth => 1), 'sub/c.c:1:6:int needle(void);',
   'search: depth');
is(search('second', path => 'a.md'), 'a.md:2:1:second line',
   'search: one file');
is(search('^.t. (?=.)', path => 'utf8.txt') =~ s/:[^:]*$//r, 'utf8.txt:1:1',
   'search: characters');
is(search('end$'), "utf8.txt:1:9:$text", 'search: columns are characters');
is(search('^needle$'), '', 'search: not in what is hidden');
is(search('no such thing'), '', 'search: nothing');
is(search('line', path => 'lines', max_matches => 2),
   'lines:1:1:line 1 lines:2:1:line 2 +matches', 'search: more than wanted');
is(search('^line 1\d?$', path => 'lines', max_matches => 11),
   join(' ', map { "lines:$_:1:line $_" } 1, 10 .. 19),
   'search: just as many');
like(search('NEEDLE', path => 'sub/deep'), qr/^sub\/deep\/d\.h:2:3001:\x{2026}
     x{200}NEEDLEy{794}\x{2026}$/x, 'search: of a long line the match');
is(search('a+$', path => 'long') =~ s/:a*\x{2026}$//r, 'long:1:1',
   'search: the longest line');
is(structured('search_files', { pattern => 'x', max_file_size => 100 })
   ->{skipped}{large}, 3, 'search: large files');
is(search('summer\b', names => ["\x{e9}*"]), "\x{e9}t\x{e9}.md:1:1:summer",
   'search: a name in UTF-8');
is(search('needle', root => 'big', max_matches => 1), search('needle',
   root => 'big', max_matches => 1), 'search: twice the same');

ok_tool_error($t->call('search_files', { pattern => '(needle' }),
              qr/not a valid regular expression.*offset 7/,
              'search: a bad pattern');
ok_tool_error($t->call('search_files', { pattern => '' }), qr{/pattern},
              'search: an empty pattern');

# patterns made to take for ever

make('tree/evil', 'a' x 50 . "b\n");
ok_tool_error($t->call('search_files', { pattern => '(a+)+$',
                                         path => 'evil' }),
              qr/match limit.*quantifiers/s, 'search: nested quantifiers');

my $start = time;
make('tree/evil', ('a' x 60000 . "\n") x 20);
is(structured('search_files', { pattern => 'a+[bc]', path => 'evil',
    max_seconds => 1 })->{truncated}, 'time', 'search: a quadratic scan');
cmp_ok(time - $start, '<', MCPTest::patience(), 'search: ends in time');

make("tree/many/$_", "x\n" x 100) for 1 .. 300;
is(structured('search_files', { pattern => 'x', path => 'many',
    max_matches => 1000 })->{count}, 1000, 'search: a thousand lines');
make('tree/evil', ('a' x 60000 . "b\n") x 20);
like(search('(*LIMIT_MATCH=4000000000)(a|a)*$', path => 'evil',
            max_seconds => 1), qr/match limit|\+time/,
     'search: a limit of its own');
unlink "$dir/tree/evil";

# a line that does not end

make('tree/endless', 'a' x 65536);
truncate "$dir/tree/endless", 1 << 38 or die "truncate: $!\n";
$start = time;
is(structured('search_files', { pattern => 'b', path => 'endless',
    max_file_size => 1 << 40, max_seconds => 1 })->{truncated}, 'time',
   'search: a line of gigabytes');
cmp_ok(time - $start, '<', MCPTest::patience(), 'search: that ends in time');
unlink "$dir/tree/endless";

# progress, cancellation

make("tree/slowly/$_", ('a' x 30000 . "\n") x 2) for 1 .. 5;
my @said = MCPTest::Events->open($t, $t->request_bytes('tools/call',
    { name => 'search_files', arguments => { pattern => 'a+[bc]',
      path => 'slowly', max_seconds => 60 } },
    meta => { progressToken => 1 }))->rest;
my $answer = pop @said;
is($answer->{result}{structuredContent}{searched}, 5, 'search: five files');
cmp_ok(scalar @said, '>=', 1, 'search: reports progress');
is($said[-1]{params}{progress}, 5, 'search: the last value');
is($said[-1]{params}{message}, 'searching files', 'search: and what it does');
system 'rm', '-r', "$dir/tree/slowly";

make('tree/slow', ('a' x 60000 . "\n") x 200);
my $c = $t->connect;
$c->send($t->request_bytes('tools/call', { name => 'search_files',
    arguments => { pattern => 'a+[bc]', path => 'slow',
                   max_seconds => 60 } }));
ok_result($t->call('echo', { text => 'x' }), 'search: others are served');
$c->close;
ok($t->wait_log(qr/mcp tool "search_files" cancelled/), 'search: cancelled');
$start = time;
ok_result($t->call('search_files', { pattern => 'summer' }),
          'search: the next one');
$t->reload;
cmp_ok(time - $start, '<', 15, 'search: the thread has ended');
unlink "$dir/tree/slow";


# a tree that changes

{
    my $pid = fork // die;

    if ($pid == 0) {
        for (1 .. 3000) {
            unlink "$dir/tree/swap";
            symlink '../outside/secret', "$dir/tree/swap";
            unlink "$dir/tree/swap";
            POSIX::mkfifo("$dir/tree/swap", 0600);
            unlink "$dir/tree/swap";
            mkdir "$dir/tree/swap";
            rmdir "$dir/tree/swap";
            rename "$dir/tree/swapdir", "$dir/tree/gone";
            symlink '../outside', "$dir/tree/swapdir";
            unlink "$dir/tree/swapdir";
            rename "$dir/tree/gone", "$dir/tree/swapdir";
            make('tree/grow', 'x' x int rand 300000);
        }
        POSIX::_exit(0);
    }

    make('tree/swapdir/secret', 'harmless');
    my ($n, $leaks) = (0, 0);

    while (waitpid($pid, POSIX::WNOHANG()) == 0 && $n < 300) {
        for my $path (qw(swap swapdir/secret grow)) {
            $r = $t->call('read_file', { path => $path });
            $leaks++ if $r->body =~ /classified/ || !$r->result;
        }

        $r = $t->call('search_files', { pattern => 'classified' });
        $leaks++ if !$r->result || $r->result->{isError}
                    || $r->result->{structuredContent}{count};
        $r = $t->call('list_files', { depth => 64 });
        $leaks++ if !$r->result || $r->result->{isError}
                    || $r->body =~ m{/secret"} && $r->body !~ /swapdir|gone/;
        $n++;
    }

    kill 'KILL', $pid;
    waitpid $pid, 0;
    is($leaks, 0, 'a tree that changes leaks nothing');
    cmp_ok($n, '>', 5, 'in many tries');
}


# sparse and huge

open my $fh, '>', "$dir/tree/huge" or die;
truncate $fh, 8 * 1024 ** 3;
seek $fh, 0, 2;
print $fh 'END';
close $fh;
is(content({ path => 'huge', offset => 8 * 1024 ** 3 }), 'END',
   'the end of eight gigabytes');
is(structured('search_files', { pattern => 'x', names => ['huge'] })
   ->{skipped}{large}, 1, 'eight gigabytes are skipped');
unlink "$dir/tree/huge";


SKIP: {
    skip('root may read everything', 2) if $> == 0;

    chmod 0, "$dir/tree/a.md" or die;
    ok_tool_error($t->call('read_file', { path => 'a.md' }), qr/no file/,
                  'what nginx may not read');
    is(structured('search_files', { pattern => 'x', path => '' })
       ->{skipped}{unreadable}, 1, 'is skipped');
    chmod 0644, "$dir/tree/a.md";
}


# mistakes

my ($rc, $out) = MCPTest->new(location => 'mcp; mcp_tools files;')
                   ->test_config;
isnt($rc, 0, 'no root: refused');
like($out, qr/"mcp_tools files" needs an "mcp_files_root" in location "\/mcp"/,
     'no root: why');
accepted('a pack that no location has', http => 'mcp_tools files;',
         location => 'return 204;');
accepted('an inherited root', http => 'mcp_files_root r .;',
         location => 'mcp; mcp_tools files;');
refused('no such directory', location => 'mcp_files_root r none;',
        qr/none" failed .*No such file/);
refused('a file', location => 'mcp_files_root r nginx.conf;',
        qr/what is no directory/);
refused('an empty directory', location => 'mcp_files_root r "";',
        qr/empty directory/);
refused("the name \"$_\"", location => "mcp_files_root \"$_\" .;",
        qr/needs a name of 1 to 64/) for '', 'a b', 'x' x 65, 'a/b';
refused('one name twice',
        location => "mcp_files_root r .;\nmcp_files_root r /;",
        qr/duplicate root "r"/);
refused('too few parameters', location => 'mcp_files_root r;',
        qr/invalid number of arguments/);

finish();

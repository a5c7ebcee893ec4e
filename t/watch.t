#!/usr/bin/perl

# mcp_resources ... watch=on: a file that changes is announced, whichever
# worker listens, and nothing else is.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use POSIX ();
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;
use MCPTest::Events;
use Time::HiRes qw(time);

plan(skip_all => 'no inotify') if $^O ne 'linux';

my %conf = (
    workers  => 4,
    location => 'mcp; mcp_tools nginx demo;
                 mcp_resources tree uri=docs:// watch=on depth=3;
                 mcp_resources link uri=link:// watch=on;
                 mcp_resources quiet uri=quiet://;',
);

my $t = MCPTest->new(%conf);
my $dir = $t->dir;


sub make {
    my ($path, $content) = @_;
    my @dirs = split m{/}, $path;

    pop @dirs;
    my $at = "$dir";
    mkdir($at .= "/$_") for @dirs;

    open my $fh, '>:raw', "$dir/$path" or die "$path: $!\n";
    print $fh $content;
    close $fh or die;
    return;
}


# what was published so far: nobody else says anything here

sub published {
    return $t->call('nginx_status', {})
             ->result->{structuredContent}{zone}{published};
}


# until nothing more is said

sub quiet {
    my ($last, $n) = (-1, published());

    while ($n != $last) {
        $last = $n;
        select undef, undef, undef, MCPTest::sanitize() ? 0.3 : 0.12;
        $n = published();
    }

    return $n;
}


# How many URIs a change announces. One may be said again if it is looked at
# between two steps of a change. For none a mark is made, which comes after.

sub announces {
    my ($n, $code, $name) = @_;
    my $before = published();
    my $at_least = $n || 1;

    $code->();
    make('tree/mark', $name) if $n == 0;

    wait_until(sub { published() - $before >= $at_least }, 5);

    my $got = quiet() - $before;

    ok($got >= $at_least && $got <= 3 * $at_least, $name)
        or diag("announced $got");
    return;
}


make('tree/a.md', 'a');
make('tree/sub/b.md', 'b');
make('tree/sub/deep/c.md', 'c');
make('tree/sub/deep/deeper/d.md', 'd');
make('tree/.git/config', 'hidden');
make('linked/e.md', 'e');
make('other/e.md', 'e');
make('quiet/f.md', 'f');
make('outside/g.md', 'g');
symlink 'linked', "$dir/link" or die;
symlink '../outside', "$dir/tree/away" or die;

$t->start;
wait_until(sub { make('tree/sub/deep/c.md', 'x'); published() > 0 });
wait_until(sub { my $n = published(); make('linked/e.md', 'x');
                 select undef, undef, undef, 0.1; published() > $n });
quiet();


# files

announces(1, sub { make('tree/a.md', 'new') }, 'a file that is written');
announces(1, sub { make('tree/sub/b.md', 'new') }, 'in a directory');
announces(1, sub { make('tree/sub/deep/c.md', 'new') }, 'at depth');
announces(1, sub { make('tree/new.md', 'new') }, 'a new one');
announces(2, sub { rename "$dir/tree/new.md", "$dir/tree/old.md" },
          'one that is renamed: two');
announces(1, sub { unlink "$dir/tree/old.md" }, 'one that is removed');
make('outside/tmp', 'atomic');
announces(1, sub { rename "$dir/outside/tmp", "$dir/tree/a.md" },
          'one that is replaced');
announces(1, sub { make('linked/e.md', 'new') },
          'below a root that is a link');

open my $open, '>>', "$dir/tree/a.md" or die;
announces(1, sub { syswrite $open, 'appended' }, 'one that stays open');
announces(1, sub { close $open }, 'and is closed');

{
    my $before = published();
    make('tree/a.md', "write $_") for 1 .. 2000;
    cmp_ok(quiet() - $before, '<', 500, 'many writes are announced as few');
}

# and nothing else

announces(0, sub { make('tree/.git/config', 'new') }, 'a hidden directory');
announces(0, sub { make('tree/.hidden', 'new') }, 'a hidden file');
announces(0, sub { make('tree/sub/deep/deeper/d.md', 'new') }, 'below depth');
announces(0, sub { make('outside/g.md', 'new') },
          'a directory that a link leads to');
announces(0, sub { make('quiet/f.md', 'new') }, 'without watch=on');
announces(0, sub { make("tree/latin\xe9", 'new') },
          'a name that is not UTF-8');
announces(0, sub { $t->slurp('tree/a.md') }, 'a file that is read');


# directories

announces(1, sub { make('tree/made/x.md', 'x') },
   'a file in a new directory');
announces(1, sub { make('tree/made/x.md', 'y') }, 'and again');
announces(1, sub { make('tree/made/more/y.md', 'y') }, 'deeper');
announces(0, sub { make('tree/made/more/most/z.md', 'y') },
   'not below depth');

make('outside/full/1.md', '1');
make('outside/full/sub/2.md', '2');
announces(2, sub { rename "$dir/outside/full", "$dir/tree/full" },
   'files of a directory that is moved here');
announces(1, sub { make('tree/full/sub/2.md', '3') }, 'are watched');
announces(2, sub { rename "$dir/tree/full", "$dir/tree/fuller" },
   'files of one that is renamed');
announces(1, sub { make('tree/fuller/sub/2.md', '4') },
   'are watched where they are');
announces(0, sub { rename "$dir/tree/fuller", "$dir/outside/gone" },
   'a directory that is moved away');
announces(0, sub { make('outside/gone/sub/2.md', '5') },
   'is not watched any more');
announces(2, sub { system 'rm', '-r', "$dir/tree/made" },
   'files of a directory that is removed');
announces(1, sub { make('tree/made/x.md', 'x') }, 'and is made again');

for my $n (1 .. 50) {
    make("tree/churn/$n/f.md", $n);
    system 'rm', '-r', "$dir/tree/churn";
}
make('tree/churn/last.md', 'x');
quiet();
announces(1, sub { make('tree/churn/last.md', 'y') },
          'the last of directories that come and go is watched');


# whoever listens, in any worker

{
    my @uris = ('docs://a.md', 'docs://sub/b.md', 'docs://with%20space.md',
                'link://e.md', 'docs://.git/config');
    my @s = map { MCPTest::Events->open($t, $t->request_bytes(
        'subscriptions/listen', { notifications => {
            resourceSubscriptions => \@uris } })) } 1 .. 12;

    ok((grep { $_ eq 'docs://a.md' } @{ $_->next
        ->{params}{notifications}{resourceSubscriptions} }), 'granted')
        for @s;

    for (['tree/a.md', 'docs://a.md'], ['tree/sub/b.md', 'docs://sub/b.md'],
         ['tree/with space.md', 'docs://with%20space.md'],
         ['linked/e.md', 'link://e.md'])
    {
        my ($path, $uri) = @$_;

        make($path, 'heard');
        my $begin = time;
        is(join(' ', map { $_->next->{params}{uri} } @s),
           join(' ', ($uri) x @s), "$path: all hear of it");
        cmp_ok(time - $begin, '<', MCPTest::sanitize() ? 3 : 0.5,
               "$path: soon");
        quiet();

        # what was made in two steps may be heard of twice
        $_->cancel for @s;
        @s = map { MCPTest::Events->open($t, $t->request_bytes(
            'subscriptions/listen', { notifications => {
                resourceSubscriptions => \@uris } })) } 1 .. 12;
        $_->next for @s;
    }

    $_->cancel for @s;
}


# roots

{
    my $before = published();

    symlink 'other', "$dir/link.new" or die;
    rename "$dir/link.new", "$dir/link" or die;
    ok(wait_until(sub { published() > $before }),
       'a link that is turned to another directory');
    quiet();
    announces(1, sub { make('other/e.md', 'turned') }, 'which is watched');
    announces(0, sub { make('linked/e.md', 'old') }, 'the old one is not');

    $before = published();
    unlink "$dir/link" or die;
    symlink 'linked', "$dir/link" or die;
    ok(wait_until(sub { published() > $before }), 'and back');

    system 'rm', '-r', "$dir/tree";
    $before = quiet();
    make('tree/a.md', 'again');
    make('tree/sub/b.md', 'again');
    ok(wait_until(sub { published() > $before }), 'a root that is made again');
    quiet();
    announces(1, sub { make('tree/sub/b.md', 'more') }, 'is watched');
}


# many files at once: more than the kernel keeps

{
    open my $fh, '<', '/proc/sys/fs/inotify/max_queued_events' or die;
    my $max = <$fh>;

    SKIP: {
        skip('a long queue', 2) if $max > 40000;

        my ($worker) = $t->worker_pids;
        kill 'STOP', $worker;
        make("tree/many/$_", '') for 1 .. 10;
        for my $n (1 .. $max) {
            my $name = "$dir/tree/sub/f" . $n % 2;
            open my $out, '>', $name or die;
            close $out;
        }
        kill 'CONT', $worker;
        ok($t->wait_log(qr/mcp missed changes below ".*tree"/),
           'changes that were missed');
        quiet();
        announces(1, sub { make('tree/many/1', 'after') },
           'all is watched again');
    }
}


# processes

ok($t->reload, 'a reload');
wait_until(sub { my $n = published(); make('tree/a.md', 'x');
                 wait_until(sub { published() > $n }, 0.3) });
quiet();
announces(1, sub { make('tree/sub/b.md', 'reloaded') },
          'the new worker watches');

my ($first) = $t->worker_pids;
$t->expect(qr/worker process $first exited on signal 9/);
kill 'KILL', $first;
ok($t->wait_log(qr/worker process $first exited on signal 9/), 'killed');
wait_until(sub { my $n = published(); make('tree/a.md', 'x');
                 wait_until(sub { published() > $n }, 0.3) });
quiet();
announces(1, sub { make('tree/sub/b.md', 'killed') },
          'a worker that is started again watches');


# many directories

SKIP: {
    open my $fh, '<', '/proc/sys/fs/inotify/max_user_watches' or die;
    skip('few watches', 5) if <$fh> < 20000;

    my $many = MCPTest->new(%conf);

    mkdir $many->path($_) or die for qw(tree linked quiet tree/d);
    symlink 'linked', $many->path('link') or die;
    mkdir $many->path(sprintf 'tree/d/%d', $_) or die for 1 .. 9000;
    mkdir $many->path('tree/e') or die;
    mkdir $many->path(sprintf 'tree/e/%d', $_) or die for 1 .. 2000;
    $many->start;

    my $most = 0;

    until ($many->error_log =~ /mcp watches/) {
        my $begin = time;
        $many->call('echo', { text => 'x' }) for 1 .. 4;
        $most = time - $begin if time - $begin > $most;
    }

    like($many->error_log, qr/mcp watches 10000 directories .* and no more/,
         'more directories than are watched');
    cmp_ok($most, '<', MCPTest::sanitize() ? 3 : 0.5,
           'others are served meanwhile');
    is(() = $many->error_log =~ /mcp watches/g, 1, 'it is said once');
    ok($many->stop, 'the end');
    ok(!$many->complaints, 'without complaints');
}


# mistakes

refused('neither on nor off', location => 'mcp_resources . uri=a: watch=yes;',
        qr/"watch=" that is neither/);
accepted('off', location => 'mcp; mcp_resources . uri=a: watch=off;');
accepted('on', location => 'mcp; mcp_resources . uri=a: watch=on;');
accepted('where there is no endpoint', http => 'mcp_resources . uri=a: '
         . 'watch=on;', location => 'return 204;');

finish();

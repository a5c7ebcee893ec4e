#!/usr/bin/perl

# The example of tools that take time: conf.d/later-module and conf.d/later.conf
# run, and README.md shows what is there.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use File::Basename qw(basename dirname);

my $root = MCPTest::root();
my $built = dirname(MCPTest::module());
my $later = "$built/ngx_http_later_tools_module.so";

plan(skip_all => 'no module ' . MCPTest::module()) if !-e MCPTest::module();


sub slurp {
    my ($name) = @_;

    open my $fh, '<:raw', $name or die "$name: $!";
    local $/;
    return scalar <$fh>;
}

{
    my $sanitize = basename($built) eq 'sanitize';

    local $ENV{BUILD} = $sanitize ? 'sanitize' : 'plain';
    local $ENV{BUILD_DIR} = $sanitize ? dirname($built) : $built;

    is(system("$root/util/build.sh", "$root/conf.d/later-module"), 0,
       'util/build.sh conf.d/later-module');
}

ok(-e $later, 'makes a module');


# README.md shows functions of it

my $source = slurp("$root/conf.d/later-module/ngx_http_later_tools_module.c");
my ($section) = slurp("$root/README.md")
                =~ /^### Handlers that take time\n(.*?)^##/ms;
my @code = $section =~ /^```c\n(.*?)^```/msg;

ok(@code >= 1, 'README.md has an example');
ok(index($source, $_) >= 0, 'which is in the module') for @code;


# conf.d/later.conf as it is, but for its place, port and log

my $t = MCPTest->new(workers => 1);
my $conf = slurp("$root/conf.d/later.conf");

mkdir $t->path('build') or die $!;
symlink $_, $t->path('build/' . basename $_) or die $!
    for MCPTest::module(), $later;

ok($conf =~ s/^error_log stderr;/error_log error.log info;/m, 'its log');
ok($conf =~ s/127\.0\.0\.1:8080;/127.0.0.1:%%PORT_0%%;/, 'its port');
$conf =~ s/^daemon off;/user root;\n$&/m if $> == 0;

$t->write_file('nginx.conf', $conf);
$t->start;

my $s = MCPTest::Events->open($t, $t->request_bytes('tools/call',
    { name => 'countdown', arguments => { seconds => 2 } },
    meta => { progressToken => 'x' }));
my @messages = $s->rest;
is(join(' ', map { "$_->{params}{progress}/$_->{params}{total}" }
             @messages[0, 1]), '1/2 2/2', 'countdown: its progress');
is($messages[2]{result}{content}[0]{text}, 'Go!', 'and its end');

my $r = $t->call('resolve', { name => '127.0.0.1' });
ok_result($r, 'resolve');
is($r->text, '127.0.0.1', 'an address');
ok_tool_error($t->call('resolve', { name => 'a b' }), qr/^a b: /, 'no name');

finish();

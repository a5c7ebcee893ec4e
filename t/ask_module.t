#!/usr/bin/perl

# The example of tools that ask the client: conf.d/ask-module and conf.d/ask.conf
# run, and README.md shows what is there.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use File::Basename qw(basename dirname);

my $root = MCPTest::root();
my $built = dirname(MCPTest::module());
my $ask = "$built/ngx_http_ask_tools_module.so";

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

    is(system("$root/util/build.sh", "$root/conf.d/ask-module"), 0,
       'util/build.sh conf.d/ask-module');
}

ok(-e $ask, 'makes a module');


# README.md shows functions of it

my $source = slurp("$root/conf.d/ask-module/ngx_http_ask_tools_module.c");
my ($section) = slurp("$root/README.md")
                =~ /^### Asking the client\n(.*?)^##/ms;
my @code = $section =~ /^```c\n(.*?)^```/msg;

ok(@code >= 1, 'README.md has an example');
ok(index($source, $_) >= 0, 'which is in the module') for @code;


# conf.d/ask.conf as it is, but for its place, port and log

my $t = MCPTest->new(workers => 1);
my $conf = slurp("$root/conf.d/ask.conf");

mkdir $t->path('build') or die $!;
symlink $_, $t->path('build/' . basename $_) or die $!
    for MCPTest::module(), $ask;

ok($conf =~ s/^error_log stderr;/error_log error.log info;/m, 'its log');
ok($conf =~ s/127\.0\.0\.1:8080;/127.0.0.1:%%PORT_0%%;/, 'its port');
$conf =~ s/^daemon off;/user root;\n$&/m if $> == 0;

$t->write_file('nginx.conf', $conf);
$t->start;

sub ask {
    my ($name, $capabilities, %params) = @_;

    return $t->rpc('tools/call', { name => $name, %params },
                   meta => { clientCapabilities => $capabilities });
}

is($t->call('count')->text, 'The counter is at 1.', 'count');

my $r = ask('reset', { elicitation => {} });
is($r->result->{resultType}, 'input_required', 'reset asks first');
is($r->result->{inputRequests}{sure}{method}, 'elicitation/create',
   'the user');

my $state = $r->result->{requestState};

ok_tool_error(ask('reset', { elicitation => {} }, requestState => $state,
                  inputResponses => { sure => { action => 'decline' } }),
              qr/does not want/, 'who declines');
is(ask('reset', { elicitation => {} }, requestState => $state,
       inputResponses => { sure => { action => 'accept',
                                     content => { sure => JSON::PP::true } } })
   ->text, 'The counter is at 0.', 'or accepts');

ok_error(ask('reset', {}), 400, -32021, 'a client that cannot be asked');

$r = ask('comment', { sampling => {} });
is($r->result->{inputRequests}{comment}{params}{messages}[0]{content}
   {text}, 'Say something kind about the number 0.', 'comment asks the model');
is(ask('comment', { sampling => {} }, inputResponses => { comment => {
       role => 'assistant', model => 'm',
       content => { type => 'text', text => 'So round!' } } })->text,
   'So round!', 'which answers');

finish();

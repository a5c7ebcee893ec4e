#!/usr/bin/perl

# Streams over a reload: old workers tell which lists are others now, those who
# have asked for them, then the result, then the end.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Tools;

# what is steady, and what a reload changes

my %part = (
    tools     => 'mcp_tools change;',
    prompts   => 'mcp_prompt a { description a; message user a; }',
    resources => 'mcp_resource a:b { name b; text b; }',
    beside    => 'mcp_tools change;',
);


sub conf {
    my (%o) = (%part, @_);

    return (location => "mcp; $o{tools} $o{prompts} $o{resources} "
                        . ($o{more} // ''),
            server => "location = /beside { mcp; $o{beside} }");
}


my $t = MCPTest->new(
    modules => [change_tools()],
    workers => $ENV{TEST_WORKERS} || 2,
    conf(),
)->start;

my $prefix = 'io.modelcontextprotocol/';

my %all = (toolsListChanged => true, promptsListChanged => true,
           resourcesListChanged => true);


sub listen_to {
    my ($filter, %o) = @_;

    my $s = MCPTest::Events->open($t, $t->request_bytes(
        'subscriptions/listen', { notifications => $filter }, %o));

    is(($s->next // {})->{method}, 'notifications/subscriptions/acknowledged',
       'ack');
    return $s;
}


# the lists that were said to have changed, the result and the end

sub is_told {
    my ($s, $lists, $name) = @_;

    my @rest = $s->rest;
    my $last = pop @rest;

    is(join(' ', map { $_->{method} =~ m{/(.*)/list_changed$} } @rest), $lists,
       "$name: " . ($lists || 'nothing has changed'));
    is(scalar(grep { $_->{params}{_meta}{"${prefix}subscriptionId"} == 1 }
              @rest), scalar @rest, "$name: the id");
    is($last->{result}{resultType} // 'none', 'complete', "$name: the result");
    is($last->{result}{_meta}{"${prefix}subscriptionId"}, 1, "$name: its id");
    ok($s->ended, "$name: the end");
    return;
}


# one reload, and what two streams, of all and of nothing, hear of it

sub reloads {
    my ($lists, $name, %change) = @_;

    my $s = listen_to({ %all });
    my $none = listen_to({ resourceSubscriptions => ['a:b', 'change:/a'] });
    my $beside = listen_to({ %all }, uri => '/beside');

    ok($t->reload(%change ? conf(%change) : ()), $name);
    is_told($s, $lists, $name);
    is_told($none, '', "$name, not asked for");
    is_told($beside, $change{beside} ? 'tools resources' : '',
            "$name, another endpoint");

    $part{$_} = $change{$_} for keys %change;
    return;
}


reloads('', 'the same again');
reloads('', 'written in another way', more => 'mcp_list_ttl 5s;
        mcp_server other 2; mcp_page_size 1;');
reloads('tools', 'more tools', tools => 'mcp_tools change demo;');
reloads('prompts', 'another prompt',
        prompts => 'mcp_prompt a { description b; message user a; }');
reloads('', 'a prompt that says something else',
        prompts => 'mcp_prompt a { description b; message user b; }');
reloads('resources', 'another resource',
        resources => 'mcp_resource a:c { name b; text b; }');
reloads('tools resources', 'fewer tools, another template',
        tools => 'mcp_tools demo;');
reloads('prompts resources', 'no prompts and no resources', prompts => '',
        resources => '');
reloads('', 'another endpoint', beside => 'mcp_tools demo;');

my $asked = listen_to({ promptsListChanged => true, toolsListChanged => true });
ok($t->reload(conf(tools => 'mcp_tools demo text;',
                   resources => 'mcp_resource a:d { name d; text d; }')),
   'tools and resources');
is_told($asked, 'tools', 'not asked for');


# endpoints of the same name are told apart by their order

sub three {
    my ($second, $third) = @_;

    return (location => 'mcp; mcp_tools demo;', server => '', http => <<"EOC");
    server {
        listen 127.0.0.1:%%PORT_1%%;
        location = /mcp { mcp; mcp_tools $second; }
    }

    server {
        listen 127.0.0.1:%%PORT_2%%;
        location = /mcp { mcp; mcp_tools $third; }
    }
EOC
}

$t->reload(three('text', 'demo text'));

my @same = map {
    my $c = $t->connect($t->port($_));

    $c->send($t->request_bytes('subscriptions/listen',
                               { notifications => { %all } }));
    MCPTest::Events->on($c);
} 0 .. 2;

is($_->next->{method}, 'notifications/subscriptions/acknowledged', 'ack')
    for @same;
ok($t->reload(three('text', 'demo')), 'one of three');
is_told($same[0], '', 'the last in the configuration');
is_told($same[1], '', 'the first');
is_told($same[2], 'tools', 'the one');

finish();

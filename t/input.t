#!/usr/bin/perl

# Handlers that ask a client of 2026-07-28: what is asked, how it goes on with
# the answers, and which requestState is refused.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Tools;
use Time::HiRes qw(time);

my %all = (elicitation => { form => {}, url => {} },
           sampling => { tools => {}, context => {} }, roots => {});

my %answer = (
    form   => { action => 'accept', content => { name => 'Ann' } },
    url    => { action => 'accept' },
    sample => { role => 'assistant', model => 'm',
                content => { type => 'text', text => 'Hi' } },
    roots  => { roots => [{ uri => 'file:///a' }] },
);

my $t = MCPTest->new(
    modules  => [asking_tools()],
    http     => <<'EOC',
    map $mcp_error $error { '' none; default $mcp_error; }
    log_format mcp '$status $mcp_method $error';
EOC
    location => <<'EOC',
    mcp;
    mcp_tools asking;
    mcp_consumer $http_x_user;
    access_log %%DIR%%/access.log mcp;
EOC
    server   => <<'EOC',
    location = /short {
        mcp;
        mcp_tools asking;
        mcp_consumer $http_x_user;
        mcp_input_timeout 1s;
    }
EOC
)->start;


# the same for a tool, a resource and a prompt

sub of_tool {
    my ($how, $what) = @_;
    return ('tools/call', { name => $how, arguments => { what => $what } });
}

sub of_resource {
    my ($how, $what) = @_;
    return ('resources/read', { uri => "ask://$how/$what" });
}

sub of_prompt {
    my ($how, $what) = @_;
    return ('prompts/get', { name => $how, arguments => { what => $what } });
}


sub ask {
    my ($method, $params, %o) = @_;

    my $responses = delete $o{answers};
    my $state = delete $o{state};
    my $capabilities = delete $o{capabilities} || \%all;

    return $t->rpc($method,
        { %$params,
          defined $responses ? (inputResponses => $responses) : (),
          defined $state ? (requestState => $state) : () },
        meta => { clientCapabilities => $capabilities }, %o);
}


sub asked {
    my ($r) = @_;

    my $result = $r->result || {};

    return ($result->{resultType} || '') eq 'input_required'
           ? join ' ', map { "$_:$result->{inputRequests}{$_}{method}" }
                       sort keys %{ $result->{inputRequests} || {} }
           : undef;
}


sub state {
    my ($r) = @_;
    return $r->result->{requestState};
}


sub said {
    my ($r) = @_;

    my $result = $r->result || {};

    return $result->{content} ? $result->{content}[0]{text}
           : $result->{contents} ? $result->{contents}[0]{text}
           : $result->{messages} ? $result->{messages}[0]{content}{text}
           : undef;
}


sub refused {
    my ($r, $name) = @_;

    ok_error($r, 200, -32602, $name);
    like($r->error->{message}, qr/^Invalid params: "requestState"/,
         'and why is said');
    return;
}


# one thing, of each kind, on the event loop, later and in a thread

for my $how (qw(ask later work)) {
    for my $of (\&of_tool, \&of_resource, \&of_prompt) {
        my @call = $of->($how, 'form');
        my $name = "$call[0] $how";

        my $r = ask(@call);
        ok_result($r, "$name: asked");
        is(asked($r), 'one:elicitation/create', 'for a form');
        ok(wait_until(sub {
            $t->slurp('access.log') =~ /^200 \Q$call[0]\E none$/m
        }), 'which is no error') if $how eq 'ask';

        my $params = $r->result->{inputRequests}{one}{params};
        is("$params->{mode} $params->{message} "
           . "$params->{requestedSchema}{properties}{name}{type}",
           'form Who? string', 'its form');

        my $again = ask(@call, state => state($r), answers =>
            { one => { action => 'accept', content => { nam => 'Ann' } } });
        is(asked($again), 'one:elicitation/create', 'a malformed answer');

        $r = ask(@call, state => state($again),
                 answers => { one => $answer{form}, x => 1 });
        ok_result($r, 'a good one');
        is(said($r), '{"action":"accept","content":{"name":"Ann"}} abc',
           'and what the handler knew');
    }
}

my %method = (url => 'elicitation/create', sample => 'sampling/createMessage',
              roots => 'roots/list');

for my $what (sort keys %method) {
    my $r = ask(of_tool('ask', $what));
    is(asked($r), "one:$method{$what}", "$what: asked");
    ok(said(ask(of_tool('ask', $what), state => state($r),
                answers => { one => $answer{$what} })), 'and answered');
}


# no answer is needed twice, and none at all if it comes at once

is(said(ask(of_tool('ask', 'form'), answers =>
            { one => $answer{form}, two => 2 })),
   '{"action":"accept","content":{"name":"Ann"}} a', 'answers come first');
is(said(ask(of_tool('ask', 'form'),
            answers => { one => { action => 'cancel' } })),
   '{"action":"cancel"} a', 'cancelled');

for my $how (qw(ask work)) {
    my $r = ask(of_tool($how, 'all'));
    is(asked($r), 'one:elicitation/create three:roots/list '
       . 'two:sampling/createMessage', "$how: three at once");

    $r = ask(of_tool($how, 'all'), state => state($r),
             answers => { three => $answer{roots}, two => 7 });
    is(asked($r), 'one:elicitation/create two:sampling/createMessage',
       'two of them again');

    $r = ask(of_tool($how, 'all'), state => state($r),
             answers => { one => $answer{form}, two => $answer{sample} });
    like(said($r), qr/"Ann".*"Hi".*file:.* abc$/, 'all answers are there');
}

for my $of (\&of_tool, \&of_prompt) {
    my $first = ask($of->('later', 'rounds'));
    is(asked($first), 'one:elicitation/create', 'round 1');

    my $r = ask($of->('later', 'rounds'), state => state($first),
                answers => { one => $answer{form} });
    is(asked($r), 'two:sampling/createMessage', 'round 2');
    isnt(state($r), state($first), 'has a state of its own');

    $r = ask($of->('later', 'rounds'), state => state($r),
             answers => { two => $answer{sample} });
    is(asked($r), 'three:roots/list', 'round 3');

    my $last = ask($of->('later', 'rounds'), state => state($r),
                   answers => { three => $answer{roots} });
    like(said($last), qr/"Ann".*"Hi".*file:.* abcd$/, 'the end');

    is(asked(ask($of->('later', 'rounds'), state => state($first),
                 answers => { one => $answer{form} })),
       'two:sampling/createMessage', 'an old state is good for its round');
}


# a stream of notifications, with the questions at its end

for my $how (qw(ask later work)) {
    my $s = MCPTest::Events->open($t, $t->request_bytes(
        of_tool($how, 'progress'),
        meta => { clientCapabilities => \%all, progressToken => 'p',
                  logLevel => 'info' }));
    my @messages = $s->rest;
    my ($progress) = grep { ($_->{method} || '') =~ /progress/ } @messages;

    is($progress->{params}{progress}, 1, "$how: progress before it asks");
    is($messages[-1]{result}{resultType}, 'input_required', 'then it asks');
}


# a state that is not the one of this request

my @form = of_tool('ask', 'form');
my %user = (headers => { 'X-User' => 'ann' }, answers =>
            { one => $answer{form} });
my $state = state(ask(@form, headers => { 'X-User' => 'ann' }));

like($state, qr/^[\w-]+$/, 'a state');
ok(said(ask(@form, %user, state => $state)), 'is accepted');
ok(said(ask(@form, %user, state => $state)), 'twice');

refused(ask(@form, %user, state => $state, headers => { 'X-User' => 'bob' }),
        'another consumer');
refused(ask(@form, %user, state => $state, headers => {}), 'no consumer');
refused(ask(of_tool('later', 'form'), %user, state => $state), 'another tool');
refused(ask(of_tool('ask', 'url'), %user, state => $state), 'other arguments');
refused(ask(of_prompt('ask', 'form'), %user, state => $state), 'a prompt');
refused(ask('tools/call', { name => 'ask', arguments =>
                            { what => 'form', x => undef } },
            %user, state => $state), 'more arguments');

$state = state(ask('tools/call', { name => 'ask', arguments => raw(
    '{"what":"form","n":[1,{"a":"b","c":1.50}],"s":"\u00e9"}') }));

ok(said(ask('tools/call', { name => 'ask', arguments => raw(
    "{ \"s\": \"\xc3\xa9\", \"n\": [1, {\"c\": 1.50, \"a\":\"b\"}],"
    . ' "wh\u0061t":"form" }') }, state => $state,
    answers => { one => $answer{form} })), 'the same arguments, in other words');

$state = state(ask(@form));

for my $i (0, 1, 2, 5, 10, 20, length($state) / 2, -20, -2, -1) {
    my $altered = $state;
    substr($altered, $i, 1) =~ tr/A-Za-z0-9_-/B-ZAb-za1-90\-_/;
    refused(ask(@form, state => $altered), "altered at $i");
}

refused(ask(@form, state => substr $state, 0, $_), "cut to $_")
    for 0, 1, 40, length($state) - 1;
refused(ask(@form, state => $state . $_), "with \"$_\"")
    for '-TAMPERED', '=', 'A', ' ', "\n", "\x{e9}";

ok_error(ask(@form, state => raw($_)), 200, -32602, "a state that is $_")
    for 'null', '1', '{}';
ok_error(ask(@form, answers => raw($_)), 200, -32602, "answers that are $_")
    for 'null', '[]', '"x"';
is(asked(ask(@form, answers => raw('{"one":12345}'))),
   'one:elicitation/create', 'an answer that is a number');


# it expires, and lives over a reload

$state = state(ask(@form, uri => '/short'));
my $r;

wait_until(sub {
    $r = ask(@form, uri => '/short', state => $state,
             answers => { one => $answer{form} });
    return !$r->result;
});

refused($r, 'an expired state');

# not before, wherever in a second it begins

ok(wait_until(sub {
    select undef, undef, undef, 0.01 while time - int time < 0.6;
    $state = state(ask(@form, uri => '/short'));

    select undef, undef, undef, 0.01 while time - int time >= 0.6;
    return ask(@form, uri => '/short', state => $state,
               answers => { one => $answer{form} })->result;
}), 'a state in the next second');

$state = state(ask(of_tool('work', 'rounds')));
$t->reload;
is(asked(ask(of_tool('work', 'rounds'), state => $state,
             answers => { one => $answer{form} })),
   'two:sampling/createMessage', 'a state lives over a reload');


# answers that are too long to be kept

$r = ask(of_tool('ask', 'rounds'), answers =>
         { one => { action => 'accept', content => { name => 'x' x 33_000 } } });
ok_error($r, 200, -32602, 'an answer that is too long for another round');
like($r->error->{message}, qr/too long to be kept/, 'and why is said');
ok(said(ask(of_tool('ask', 'form'), answers =>
            { one => { action => 'accept', content => { name => 'x' x 33_000 } } })),
   'for the last one it is not');


# who cannot be asked

my @need = (
    ['form', {}, { elicitation => {} }],
    ['form', { elicitation => { url => {} } }, { elicitation => {} }],
    ['url', { elicitation => {} }, { elicitation => { url => {} } }],
    ['sample', { roots => {} }, { sampling => {} }],
    ['tools', { sampling => {} }, { sampling => { tools => {} } }],
    ['roots', {}, { roots => {} }],
    ['rounds', { roots => {} }, { elicitation => {} }],
);

for my $need (@need) {
    my ($what, $has, $missing) = @$need;

    for my $of (\&of_tool, \&of_resource, \&of_prompt) {
        $r = ask($of->('work', $what), capabilities => $has);
        ok_error($r, 400, -32021, "$what: not declared");
        is_deeply($r->error->{data}, { requiredCapabilities => $missing },
                  'which is said');
    }
}

is(asked(ask(of_tool('ask', 'all'), capabilities => { roots => {} })),
   'three:roots/list', 'what can be asked is asked');
is(said(ask(of_tool('ask', 'capabilities'), capabilities => $$_[0])), $$_[1],
   "capabilities $$_[1]")
    for [{}, 0], [{ sampling => {} }, 1], [{ elicitation => {} }, 2],
        [\%all, 63];

$r = $t->legacy(of_tool('ask', 'form'));
ok_error($r, 200, -32021, 'a legacy client without a session');
is_deeply($r->error->{data}, { requiredCapabilities => { elicitation => {} } },
          'is told what is missing');
is($t->legacy(of_tool('ask', 'capabilities'))->text, 0, 'it has nothing');


# handlers that break the rules

my @wrong = (
    ['bad', qr/mcp tool "ask" failed: the schema must be/],
    ['done', qr/mcp tool "ask" wants answers and asked for nothing/],
    ['abort', qr/mcp tool "ask" failed/],
    ['big', qr/mcp tool "ask" failed: the state is too long/],
);

for my $wrong (@wrong) {
    my ($what, $line) = @$wrong;

    ok_error(ask(of_tool('ask', $what)), 200, -32603, "$what: fails");
    ok($t->wait_log($line), 'the log says why');
}


# servers that share keys, while these change

my @keys = map { $_ x 64 } 'a', 'b';
my @servers = map {
    MCPTest->new(
        modules  => [asking_tools()],
        location => 'mcp; mcp_tools asking;',
        http     => 'mcp_state_key %%DIR%%/keys;',
        files    => { keys => join "\n", @$_ },
    )->start
} [$keys[0]], [$keys[1], $keys[0]];

my @states = map { $t = $_; state(ask(@form)) } @servers;

$t = $servers[1];
ok(said(ask(@form, state => $states[0], answers => { one => $answer{form} })),
   'a state of another server');
$t = $servers[0];
refused(ask(@form, state => $states[1]), 'one with a key it does not have yet');

finish();

#!/usr/bin/perl

# Handlers that ask a handshake client: requests in the stream of the call,
# answers in POSTs of their own to any worker, late, twice, malformed, refused
# or never.
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
    'elicitation/create' =>
        { action => 'accept', content => { name => 'Ann' } },
    'sampling/createMessage' =>
        { role => 'assistant', model => 'm',
          content => { type => 'text', text => 'Hi' } },
    'roots/list' => { roots => [{ uri => 'file:///a' }] },
);

my $t = MCPTest->new(
    modules  => [asking_tools()],
    http     => <<'EOC',
    mcp_zone zone=mcp:256k;
    map $mcp_error $error { '' none; default $mcp_error; }
    log_format mcp '$status $mcp_method $error';
EOC
    location => <<'EOC',
    mcp;
    mcp_tools asking;
    mcp_tool_timeout 300ms;
    mcp_stream_heartbeat 50ms;
    access_log %%DIR%%/access.log mcp;
EOC
    server   => <<'EOC',
    location = /short {
        mcp;
        mcp_tools asking;
        mcp_input_timeout 200ms;
    }

    location = /second {
        mcp;
        mcp_tools asking;
        mcp_input_timeout 1s;
    }
EOC
)->start;


# sessions

sub session {
    my ($version, $capabilities) = @_;

    my $r = $t->legacy('initialize', {
        protocolVersion => $version,
        capabilities    => $capabilities || \%all,
        clientInfo      => { name => 'test', version => '1' },
    }, version => undef);

    return { version => $version, id => scalar $r->header('Mcp-Session-Id') };
}


sub options {
    my ($session, %o) = @_;

    my $headers = delete $o{headers} || {};

    return (version => $session->{version}, %o, headers =>
            { 'Mcp-Session-Id' => $session->{id}, %$headers });
}


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


# a call, as the stream it becomes

sub ask {
    my ($session, $method, $params, %o) = @_;

    return MCPTest::Events->open($t,
        $t->legacy_bytes($method, $params, options($session, id => 9, %o)));
}


sub respond {
    my ($session, $question, %response) = @_;

    return $t->legacy('', undef, options($session, body => encode_json_text(
        { jsonrpc => '2.0', id => ref $question ? $question->{id} : $question,
          %response })));
}


sub answer {
    my ($session, $question, $answer) = @_;

    return respond($session, $question,
                   result => $answer || $answer{ $question->{method} });
}


sub said {
    my ($message) = @_;

    my $result = $message->{result} || {};

    return $result->{content} ? $result->{content}[0]{text}
           : $result->{contents} ? $result->{contents}[0]{text}
           : $result->{messages} ? $result->{messages}[0]{content}{text}
           : undef;
}


my $new = session('2025-11-25');
my $mid = session('2025-06-18');
my $old = session('2025-03-26');


# one thing, of each kind, on the event loop, later and in a thread

for my $how (qw(ask later work)) {
    for my $of (\&of_tool, \&of_resource, \&of_prompt) {
        my @call = $of->($how, 'form');
        my $name = "$call[0] $how";
        my $s = ask($mid, @call);
        my $question = $s->next;

        is($s->header('Content-Type'), 'text/event-stream',
           "$name: a stream");
        is($question->{method}, 'elicitation/create', 'asks');
        like($question->{id}, qr/^[0-9a-f]{32}$/, 'with an id');
        is($question->{params}{message}, 'Who?', 'something');

        my $r = answer($mid, $question, { action => 'accept' });
        ok_accepted($r, 'a malformed answer');

        my $again = $s->next;
        isnt($again->{id}, $question->{id}, 'asks again');
        is_deeply($again->{params}, $question->{params}, 'the same');

        ok_accepted(answer($mid, $again), 'a good answer');

        my ($last, @rest) = $s->rest;
        is($last->{id}, 9, 'the response');
        is(said($last), '{"action":"accept","content":{"name":"Ann"}} abc',
           'and what the handler knew');
        is(@rest + !$s->ended, 0, 'is the last event');
    }
}


# in the words of a revision

my @words = (
    [$new, 'form', 'elicitation/create', 'form'],
    [$new, 'url', 'elicitation/create', 'url'],
    [$mid, 'form', 'elicitation/create', ''],
    [$mid, 'sample', 'sampling/createMessage', ''],
    [$old, 'sample', 'sampling/createMessage', ''],
    [$old, 'roots', 'roots/list', ''],
);

for my $words (@words) {
    my ($session, $what, $method, $mode) = @$words;

    my $s = ask($session, of_tool('ask', $what));
    my $question = $s->next;

    is("$question->{method} " . ($question->{params}{mode} // ''),
       "$method $mode", "$session->{version}: $what");
    is($question->{params}{elicitationId}, $question->{id}, 'has an id')
        if $what eq 'url';

    answer($session, $question);
    ok(said($s->next), 'answered');
}


# several at once, in rounds, many calls at once

for my $how (qw(ask work)) {
    my $s = ask($mid, of_tool($how, 'all'));
    my @questions = map { $s->next } 1 .. 3;

    is(join(' ', map { $_->{method} } @questions),
       'elicitation/create sampling/createMessage roots/list',
       "$how: three at once");

    answer($mid, $_) for reverse @questions;
    like(said($s->next), qr/"Ann".*"Hi".*file:.* ab$/, 'and their answers');

    $s = ask($mid, of_prompt($how, 'rounds'));
    my @asked;

    for (1 .. 3) {
        my $question = $s->next;
        push @asked, $question->{method};
        answer($mid, $question);
    }

    is("@asked", 'elicitation/create sampling/createMessage roots/list',
       "$how: three rounds");
    like(said($s->next), qr/"Ann".*"Hi".*file:.* abcd$/, 'and their answers');
}

my @streams = map { ask($mid, of_tool($_ % 2 ? 'later' : 'work', 'all')) }
              1 .. 20;
my @questions = map { my $s = $_; map { $s->next } 1 .. 3 } @streams;

answer($mid, $questions[$_ * 7 % 60]) for 0 .. 59;
is(scalar(grep { said($_->next) =~ /"Ann".*"Hi".*file:/ } @streams), 20,
   'twenty calls, answered in any order');


# what it says before and after

for my $how (qw(ask later work)) {
    my ($method, $params) = of_tool($how, 'progress');
    my $s = ask($mid, $method, { %$params, _meta => { progressToken => 'p' } });
    my @said;

    while (my $message = $s->next) {
        push @said, $message->{params}{progress} // $message->{params}{data}
                    // $message->{method} // 'end';
        answer($mid, $message) if $said[-1] eq 'roots/list';
    }

    like("@said", qr{^(?:1 before|before 1) roots/list (?:2 after|after 2) end$},
         "$how: progress and log around the question");
}


# answers that come late, twice, from others, or to nothing

{
    my $s = ask($mid, of_tool('ask', 'all'));
    my @q = map { $s->next } 1 .. 3;

    ok_accepted(answer($mid, $q[0]), 'an answer');
    ok_accepted(answer($mid, $q[0], { action => 'cancel' }), 'once more');
    ok_accepted(respond($mid, $_, result => {}), "to \"$_\"")
        for '00000000000000000000000000000000', '', 7, 'x';
    ok_accepted(answer(session('2025-06-18'), $q[1]), 'in another session');
    ok_accepted(answer({ version => '2025-06-18' }, $q[1]), 'in none');
    ok_accepted(respond($mid, $q[1], result => 7), 'a number');
    ok_accepted(answer($mid, $q[2]), 'the third');

    my $again = $s->next;
    is($again->{method}, 'sampling/createMessage',
       'what was not answered is asked again');
    answer($mid, $again);
    like(said($s->next), qr/"Ann".*"Hi".*file:.* abc$/, 'the first answer counts');
    ok_accepted(answer($mid, $again), 'an answer that is late');
}


# answers that say no

{
    my $s = ask($mid, of_tool('later', 'all'));
    my @q = map { $s->next } 1 .. 3;

    respond($mid, $q[1], error => { code => -1, message => 'User said no' });

    my $message = $s->next;
    ok($message->{result}{isError}, 'an error for an answer is one of the tool');
    is(said($message), 'The client did not answer "two": User said no',
       'which says so');
    ok_accepted(answer($mid, $q[0]), 'the others are dropped');

    for my $of (\&of_resource, \&of_prompt) {
        $s = ask($mid, $of->('work', 'form'));
        respond($mid, $s->next, error => { code => -1, message => "\x{e9}\n" });
        $message = $s->next;
        is("$message->{error}{code} $message->{error}{message}",
           "-32602 The client did not answer \"one\": \x{e9}\n",
           'an error for an answer');
    }

    $s = ask($mid, of_tool('ask', 'sample'));
    answer($mid, $s->next, { role => 'assistant', model => 'm', content =>
        { type => 'text', text => 'x' x 300_000 } });
    like(said($s->next), qr/the answer is too large/,
         'an answer that the zone does not hold');
}


# no answer

{
    my $s = ask($mid, of_tool('ask', 'form'), uri => '/short');
    my $question = $s->next;
    my $message = $s->next;

    ok($message->{result}{isError}, 'no answer: a tool error');
    is(said($message), 'The client did not answer within 200 ms.', 'its text');
}

{
    my $s = ask($mid, of_prompt('work', 'form'), uri => '/short');
    my $question = $s->next;
    my $message = $s->next;

    is("$message->{error}{code} $message->{error}{message}",
       '-32603 The client did not answer within 200 ms.', 'of a prompt');
    ok_accepted(answer($mid, $question), 'an answer after that');
}

# all of the time is the client's, wherever in a second it begins

ok(wait_until(sub {
    select undef, undef, undef, 0.01 while time - int time < 0.6;
    my $s = ask($mid, of_tool('ask', 'form'), uri => '/second');
    my $question = $s->next;

    select undef, undef, undef, 0.01 while time - int time >= 0.6;
    answer($mid, $question);
    return !$s->next->{result}{isError};
}), 'an answer in the next second');

# the user may think longer than a tool may take

{
    my $s = ask($mid, of_tool('later', 'form'));
    my $question = $s->next;

    $s->comment for 1 .. 10;

    answer($mid, $question);
    like(said($s->next), qr/Ann/, 'an answer after the time of a tool');
}

{
    my $s = ask($mid, of_tool('ask', 'endless'));
    my $rounds = 0;
    my $message;

    while (($message = $s->next) && $message->{method}) {
        answer($mid, $message);
        $rounds++;
    }

    is($rounds, 32, 'rounds end');
    is(said($message), 'The client was asked too often.', 'with an error');
}


# a client that goes away

sub cancelled {
    return scalar(() = $t->slurp('access.log') =~ /tools\/call cancelled$/mg);
}

for my $how (qw(ask later work)) {
    my $s = ask($mid, of_tool($how, 'form'));
    my $question = $s->next;
    my $before = cancelled();

    $s->cancel;

    ok(wait_until(sub { cancelled() > $before }),
       "$how: a client that goes away cancels");
    ok_accepted(answer($mid, $question), 'its answer is dropped');
}


# a client of 2025-11-25 that is cut off comes back to what it is asked

{
    my $s = ask($new, of_tool('later', 'rounds'));
    my $event;

    do { $event = $s->event } while $event->{data} eq '';

    my $first = JSON::PP->new->utf8->decode($event->{data});

    $s->cancel;
    ok_accepted(answer($new, $first), 'an answer of a client that was cut off');

    $s = MCPTest::Events->open($t, $t->http_bytes(method => 'GET', headers => [
        'Mcp-Session-Id' => $new->{id}, 'Accept' => 'text/event-stream',
        'MCP-Protocol-Version' => $new->{version}, 'Last-Event-ID' => $event->{id} ]));

    my $second = $s->next;
    is($second->{method}, 'sampling/createMessage', 'it comes back, is asked');
    answer($new, $second);
    answer($new, $s->next);
    like(said($s->next), qr/"Ann".*"Hi".*file:.* abcd$/, 'to the end');
}


# reload

{
    my $s = ask($mid, of_tool('work', 'rounds'));
    my $first = $s->next;
    my @workers = $t->worker_pids;

    ok($t->reload(wait => 0), 'a reload');
    ok_accepted(answer($mid, $first), 'an answer to the new workers');

    my $second = $s->next;
    is($second->{method}, 'sampling/createMessage', 'the old one goes on');
    answer($mid, $second);
    answer($mid, $s->next);
    like(said($s->next), qr/"Ann".*"Hi".*file:.* abcd$/, 'to the end');
    ok($t->wait_log(qr/worker process $_ exited with code 0/), 'and leaves')
        for @workers;
}


# who cannot be asked

my @need = (
    ['no such capability', session('2025-06-18', { roots => {} }), 'form',
     { elicitation => {} }],
    ['a form for URLs', session('2025-11-25', { elicitation => { url => {} } }),
     'form', { elicitation => {} }],
    ['a revision without forms', $old, 'form', { elicitation => {} }],
    ['a revision without URLs', $mid, 'url', { elicitation => { url => {} } }],
    ['no session', { version => '2025-06-18' }, 'roots', { roots => {} }],
);

for my $need (@need) {
    my ($name, $session, $what, $missing) = @$need;

    my $r = $t->legacy(of_tool('ask', $what), options($session));

    ok_error($r, 200, -32021, $name);
    is_deeply($r->data, { requiredCapabilities => $missing }, 'which is said');
}

my $r = $t->legacy(of_tool('ask', 'roots'),
                   options($mid, headers => { Accept => 'application/json' }));
ok_error($r, 200, -32021, 'a client without streams');


# a batch: one call after the other

{
    my $s = MCPTest::Events->open($t, $t->legacy_bytes('', undef,
        options($old, body => encode_json_text([map {
            { jsonrpc => '2.0', id => $_, method => 'tools/call', params =>
              { name => 'ask', arguments => { what => 'roots' } } } } 1, 2]))));

    answer($old, $s->next) for 1, 2;

    is(join(' ', map { "$_->{id}:" . said($_) } @{ $s->next }),
       '1:[{"uri":"file:///a"}] ab 2:[{"uri":"file:///a"}] ab', 'a batch');
}

finish();

#!/usr/bin/perl

# The command lines of the official Inspector, in both eras: what they print
# of what the server offers and says.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;
use utf8;

use FindBin;
use JSON::PP ();

use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Inspector;
use MCPTest::Node qw(setup fixture paged offers);
use MCPTest::Tools;

setup();

my $t = MCPTest->new(
    modules  => [fixture(), talk_tools()],
    location => <<'EOC', server => paged() . offers())->start;
        mcp;
        mcp_server        quickstart 1.2.3;
        mcp_tools         demo text conformance talk;
        mcp_resource      docs://guide { text "Begin here."; }
        mcp_resource      docs://other { text "Or here."; }
EOC

my $base = 'http://127.0.0.1:' . $t->port;
my $inspector = MCPTest::Inspector->new($t);
my $ended = 'All steps are done.';

my $form = {
    kind => 'form', key => 'who', message => 'Who?', schema => {
        type       => 'object',
        properties => { name => { type => 'string' },
                        age  => { type => 'integer' } },
        required   => ['name'],
    },
};
my $page = { kind => 'url', key => 'page', message => 'Log in',
             url => 'https://example.com/login?a=b' };
my $roots = { kind => 'roots', key => 'roots' };
my $sample = {
    kind => 'sample', key => 'city', params => {
        messages  => [{ role => 'user',
                        content => { type => 'text', text => 'Where?' } }],
        maxTokens => 5,
    },
};


sub cli_result {
    my ($r, $name) = @_;

    ok($r->{rc} == 0 && $r->{out}{result}, $name) or diag($r->{text});
    return $r->{out}{result} || {};
}


sub mcpdo_result {
    my ($r, $name) = @_;

    ok($r->{rc} == 0 && $r->{out}, $name) or diag($r->{text});
    return $r->{out} || {};
}


# arguments of "ask"

sub rounds {
    return JSON::PP->new->canonical->encode({ rounds => [@_] });
}


# one method a run

for my $era (qw(legacy modern)) {
    my $run = sub {
        my ($at, $method, @argument) = @_;
        return $inspector->cli("$base/$at", $era, '--method', $method,
                               @argument);
    };

    my $r = $run->('mcp', 'tools/list', '--strict');
    my $tools = cli_result($r, "$era: tools/list")->{tools};
    my ($add) = grep { $_->{name} eq 'add' } @$tools;
    is($add->{title}, 'Add two numbers', 'a tool');
    is(scalar(grep { $_->{severity} eq 'error' }
              map { @{ $_->{findings} } } @{ $r->{out}{schemaFindings} }), 0,
       'no model would refuse the schemas');

    is(scalar(@{ cli_result($run->('paged', 'tools/list'),
                            'pages are collected')->{tools} }),
       8, 'all of them');

    $r = cli_result($run->('mcp', 'tools/call', '--tool-name', 'add',
                           '--tool-arg', 'a=2', 'b=40.5'), 'tools/call');
    is($r->{structuredContent}{sum}, 42.5, 'its result');

    $r = cli_result($run->('mcp', 'tools/call', '--tool-name', 'echo',
                           '--tool-args-json', '{"text":"Gr\u00fc\u00dfe"}'),
                    'a text');
    is($r->{content}[0]{text}, 'Grüße', 'unharmed');

    $r = cli_result($run->('mcp', 'tools/call', '--tool-name',
                           'test_multiple_content_types'), 'contents');
    is(join(' ', map { $_->{type} } @{ $r->{content} }), 'text image resource',
       'of all kinds');

    $r = cli_result($run->('mcp', 'tools/call', '--tool-name',
                           'test_tool_with_progress'), 'a tool that reports');
    is($r->{content}[0]{text}, $ended, 'and ends');

    $r = $run->('mcp', 'tools/call', '--tool-name', 'test_error_handling');
    is($r->{error}{code}, 'tool_is_error', 'a tool error');
    ok($r->{out}{result}{isError}, 'with its text');

    # this one has roots, none, and cannot ask its user

    $r = cli_result($run->('mcp', 'tools/call', '--tool-name', 'ask',
                           '--tool-args-json', rounds([$roots])),
                    'a tool that asks for roots');
    is(scalar @{ $r->{structuredContent}{roots} }, 0, 'there are none');

    for my $ask ($form, $page, $sample) {
        $r = $run->('mcp', 'tools/call', '--tool-name', 'ask',
                    '--tool-args-json', rounds([$ask]));
        like($r->{error}{message}, qr/capability/i,
             "a $ask->{kind} cannot be asked for");
    }

    $r = cli_result($run->('offers', 'resources/list'), 'resources/list');
    is($r->{resources}[0]{uri}, 'docs://guide', 'a resource');
    $r = cli_result($run->('offers', 'resources/templates/list'),
                    'resources/templates/list');
    is($r->{resourceTemplates}[0]{uriTemplate}, 'files://{+path}',
       'a template');

    $r = cli_result($run->('offers', 'resources/read', '--uri',
                           'docs://guide'), 'resources/read');
    is($r->{contents}[0]{text}, 'Begin here.', 'a text');
    $r = cli_result($run->('offers', 'resources/read', '--uri',
                           'files://nginx.conf'), 'of a template');
    is($r->{contents}[0]{text}, $t->slurp('nginx.conf'), 'a file');
    isnt($run->('offers', 'resources/read', '--uri', 'files://../x')->{rc}, 0,
         'no such file');

    $r = cli_result($run->('offers', 'prompts/list'), 'prompts/list');
    is($r->{prompts}[0]{name}, 'triage', 'a prompt');
    $r = cli_result($run->('offers', 'prompts/get', '--prompt-name', 'triage',
                           '--prompt-args', 'ticket=A-7', 'lang=de'),
                    'prompts/get');
    is(join(' ', map { $_->{content}{text} } @{ $r->{messages} }),
       'Read A-7. In de.', 'its messages');
    isnt($run->('offers', 'prompts/get', '--prompt-name', 'triage')->{rc}, 0,
         'lacks an argument');

    $r = $run->('mcp', 'logging/setLevel', '--log-level', 'debug');

    if ($era eq 'legacy') {
        cli_result($r, 'logging/setLevel');
    } else {
        like($r->{error}{message}, qr/not supported by/,
             'logging/setLevel is of the past');
    }
}


# connections that stay

for my $era (qw(legacy modern)) {
    my $name = "offers-$era";

    mcpdo_result($inspector->connect($name, "$base/offers", $era),
                 "$era: connected");

    my $r = mcpdo_result($inspector->mcpdo($name, 'connections/show'),
                         'connections/show');
    is($r->{serverInfo}{name}, 'quickstart', 'the server');
    is($r->{protocolVersion}, $era eq 'legacy' ? '2025-11-25' : '2026-07-28',
       'the revision');

    for (['ref/prompt', 'triage', 'lang', 'd', 'de'],
         ['ref/resource', 'files://{+path}', 'path', 'nginx.c', 'nginx.conf'])
    {
        my ($type, $ref, $argument, $value, $completed) = @$_;

        $r = mcpdo_result($inspector->mcpdo($name, 'prompts/complete',
            '--complete-ref-type', $type, '--complete-ref', $ref,
            '--complete-arg-name', $argument, '--complete-arg-value', $value),
            "completion of a $type");
        is("@{ $r->{values} }", $completed, 'completed');
    }

    $name = "mcp-$era";
    mcpdo_result($inspector->connect($name, "$base/mcp", $era),
                 'to another location');

    my $tail = $inspector->stream($name, 'logging/tail');
    my $tool = $era eq 'legacy' ? 'test_tool_with_logging'
                                : 'test_logging_tool';

    # the tail begins some time after its process, and says nothing of it

    for (1 .. 20) {
        $r = mcpdo_result($inspector->mcpdo($name, 'tools/call', $tool),
                          'a tool that logs');
        is($r->{content}[0]{text}, $ended, 'its result');
        last if $tail->ready;
    }

    my $message = $tail->next->{message};
    is($message->{method}, 'notifications/message', 'the log is seen');
    is($message->{params}{logger}, 'conformance', 'it is that of the tool');

    # what it is asked

    my $pending = sub {
        my ($reply, $mode) = @_;

        my $asked = mcpdo_result($reply, "asked: $mode")->{elicitationPending};
        is($asked->{mode}, $mode, 'what the user is told');
        return $asked;
    };

    my $respond = sub {
        my ($asked, @answer) = @_;
        return $inspector->respond($asked->{elicitationId}, @answer);
    };

    my $call = sub {
        return $inspector->mcpdo($name, 'tools/call', 'ask', rounds(@_));
    };

    my $asked = $pending->($call->([$form], [$page]), 'form');
    is($asked->{message}, 'Who?', 'the text');
    is_deeply($asked->{requestedSchema}, $form->{schema}, 'the form');

    $asked = $pending->($respond->($asked, 'name:=Ann', 'age:=5'), 'url');
    is($asked->{url}, $page->{url}, 'the address');

    $r = mcpdo_result($respond->($asked, '--done'), 'done');
    is_deeply($r->{structuredContent}, {
        runs => 3,
        who  => { action => 'accept', content => { name => 'Ann', age => 5 } },
        page => { action => 'accept' },
    }, 'the tool has both answers');

    for my $action (qw(decline cancel)) {
        $r = mcpdo_result($respond->($pending->($call->([$form]), 'form'),
                                     "--$action"), "the user can $action");
        is($r->{structuredContent}{who}{action}, $action, 'the tool is told');
    }

    mcpdo_result($inspector->mcpdo($name, 'roots/set', '--roots-json',
                                   '[{"uri":"file:///a","name":"A"}]'),
                 'roots/set');
    $r = mcpdo_result($call->([$roots]), 'a tool that asks for roots');
    is_deeply($r->{structuredContent}{roots},
              [{ uri => 'file:///a', name => 'A' }], 'gets them');

    # this one has no model

    like($call->([$sample])->{error}{message}, qr/capability/i,
         'sampling cannot be asked for');

    # what changes

    my $updates = $inspector->stream($name, 'resources/subscribe',
                                     'docs://guide');
    is($updates->next->{type}, 'subscribed', 'subscribed');

    for my $uri (qw(docs://other docs://guide)) {
        mcpdo_result($inspector->mcpdo($name, 'tools/call', 'touch',
                                       qq({"uri":"$uri"})), "$uri changes");
    }

    is_deeply($updates->next, { type => 'resources/updated',
                                uri  => 'docs://guide' }, 'the one is heard');
}

undef $inspector;
finish();

#!/usr/bin/perl

# mcp_publish: a backend says what has changed.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Tools;

my $t = MCPTest->new(
    modules  => [change_tools()],
    http     => 'log_format mcp "$status $mcp_error";',
    location => 'mcp; mcp_tools change;',
    server   => <<'EOC',
    location = /publish {
        mcp_publish;
        allow 127.0.0.1;
        deny all;
        access_log %%DIR%%/access.log mcp;
        client_max_body_size 16k;
    }

    location = /denied {
        mcp_publish;
        deny all;
    }

    location = /file {
        mcp_publish;
        client_body_in_file_only clean;
    }
EOC
)->start;

my $s = MCPTest::Events->open($t, $t->request_bytes('subscriptions/listen',
    { notifications => { toolsListChanged => true, resourcesListChanged => true,
                         resourceSubscriptions => ["change:/a"] } }));

is($s->next->{method}, 'notifications/subscriptions/acknowledged', 'ack');


sub publish {
    my ($body, %o) = @_;

    return $t->post(ref $body ? encode_json_text($body) : $body,
                    uri => '/publish', %o);
}


sub updated {
    my ($uri, %more) = @_;

    return { method => 'notifications/resources/updated',
             params => { uri => $uri }, %more };
}


sub changed { return { method => "notifications/$_[0]/list_changed" } }


sub is_heard {
    my ($name, @methods) = @_;

    is(join(' ', sort map { ($s->next // {})->{method} // 'none' } @methods),
       join(' ', map { "notifications/$_" } sort @methods), $name);
    return;
}


# what is published is heard

ok_accepted(publish(updated('change:/a')), 'a resource');
is_heard('heard', 'resources/updated');
ok_accepted(publish(updated('change:/a', jsonrpc => '2.0')),
            'with "jsonrpc"');
is_heard('heard', 'resources/updated');
ok_accepted(publish(changed('tools')), 'tools');
is_heard('heard', 'tools/list_changed');
ok_accepted(publish([changed('prompts'), updated('change:/a'),
                     changed('resources')]), 'an array');
is_heard('heard', 'resources/list_changed', 'resources/updated');
ok_accepted(publish(updated('change:/b')), 'what nobody has asked for');
ok_accepted(publish(updated('change:/a'), headers => {
                'Content-Type' => 'application/json; charset=utf-8' }),
            'with a charset');
is_heard('heard', 'resources/updated');
ok_accepted(publish(changed('tools'), uri => '/file'), 'a body in a file');
is_heard('heard', 'tools/list_changed');
ok_accepted($t->exchange(MCPTest::HTTP::request_bytes(
                method => 'POST', uri => '/publish',
                headers => ['Content-Type' => 'application/json'],
                body => encode_json_text(changed('tools')), chunked => 7)),
            'a chunked body');
is_heard('heard', 'tools/list_changed');


# what is wrong, and is not published

ok_error(publish('{'), 400, -32700, 'no JSON');
ok_error(publish(''), 400, -32700, 'nothing');
ok_error(publish([]), 400, -32600, 'an empty array');
ok_error(publish([(changed('tools')) x 51]), 400, -32600, 'too many');
ok_error(publish({}), 400, -32600, 'no method');
ok_error(publish({ method => 'tools/call', params => {} }), 400, -32600,
         'another method');
ok_error(publish(updated('a b')), 400, -32600, 'no URI');
ok_error(publish({ method => 'notifications/resources/updated' }), 400, -32600,
         'no params');
ok_error(publish(changed('tools'), headers => { 'Content-Type' => 'text/plain' }),
         415, -32600, 'no JSON by type');
ok_error(publish(changed('tools'), headers => { 'Content-Type' => undef }), 415, -32600, 'no type');
ok_error(publish([changed('tools'), updated('nothing')]), 400, -32600,
         'one of two is wrong');

my $r = publish(undef, method => 'GET');
ok_error($r, 405, -32600, 'GET');
is($r->header('Allow'), 'POST', 'and what is allowed');
ok_error(publish(changed('tools'), method => 'PUT'), 405, -32600, 'PUT');
is(publish(encode_json_text(changed('tools')) . ' ' x 20000)->status, 413,
   'too large');
is($t->post(encode_json_text(changed('tools')), uri => '/denied')->status, 403, 'denied');

like($t->slurp('access.log'), qr/^202 \n(?:.*\n)*400 request\n/, 'the log');

ok_accepted(publish(updated('change:/a')), 'a resource');
is_heard('nothing of that', 'resources/updated');
$s->cancel;


# what nginx refuses

sub is_refused {
    my ($location, $re, $name) = @_;

    my ($status, $out) = MCPTest->new(
        location => 'mcp;', server => "location = /x { $location }",
    )->test_config;

    isnt($status, 0, "$name is refused");
    like($out, $re, 'and why');
    return;
}


is_refused('mcp_publish; mcp_publish;', qr/is duplicate/, 'twice');
is_refused('mcp; mcp_publish;', qr/conflicts with another content handler/,
           'an endpoint');
is_refused('mcp_publish; mcp;', qr/conflicts with another content handler/,
           'an endpoint');
is_refused('mcp_publish on;', qr/invalid number of arguments/, 'a flag');

finish();

#!/usr/bin/perl

# A service that answers as PostgREST does: arrays of rows, conditions in the
# query, 206 for a part of a table, its media types, its errors.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

my $row = '{"id":9007199254740993,"name":"Ada","rate":12.50,"tags":null}';

my $b = MCPTest::Backend->start(
    '/people' => sub {
        my $r = $_[0];

        return { status => 201, body => '',
                 headers => [Location => '/people?id=eq.7'] }
            if $r->{method} eq 'POST';

        return { status => 204 } if $r->{method} eq 'PATCH';

        return { status => 406, body => '{"code":"PGRST116","details":"0 rows",'
                 . '"hint":null,"message":"not one row"}' }
            if $r->{query} =~ /eq\.0\b/;

        return { type => 'application/vnd.pgrst.object+json', body => $row }
            if $r->{query} =~ /eq\.7\b/;

        return { status => 206, body => "[$row,$row]",
                 headers => ['Content-Range' => '0-1/3573458'] };
    },
);

my $t = MCPTest->new(
    server => 'location /_db/ { internal; proxy_pass http://127.0.0.1:'
              . $b->port . '/; }',
    location => <<'EOC')->start;
mcp;
mcp_tool people {
    description "People, the best paid first.";
    annotations read_only;
    arg rate number min=0;
    arg limit integer default=2;
    pass GET "/_db/people?select=id,name&order=rate.desc&rate=gte.{rate}{&limit}";
    header Prefer count=estimated;
}
mcp_tool person {
    description "One of them.";
    arg id integer required;
    pass GET "/_db/people?id=eq.{id}";
    header Accept application/vnd.pgrst.object+json;
    error "{message} ({code})";
}
mcp_tool hire {
    description "One more.";
    arg name string required;
    arg rate number;
    pass POST /_db/people;
    header Prefer return=minimal;
}
mcp_tool rename {
    description "Another name.";
    arg id integer required;
    arg name string required;
    pass PATCH "/_db/people?id=eq.{id}";
}
EOC

my $r = $t->call('people', { rate => 10 });

ok_result($r, 'a part of a table');
is($r->text, "[$row,$row]", 'its rows, numbers as they are');
is($b->request->target, '/people?select=id,name&order=rate.desc&rate=gte.10'
   . '&limit=2', 'what was asked for');

ok_result($t->call('person', { id => 7 }), 'one row');
is($b->request->header('Accept'), 'application/vnd.pgrst.object+json',
   'is asked for by its media type');
is($t->call('person', { id => 7 })->result->{structuredContent}{name}, 'Ada',
   'and is an object');
$b->requests;

ok_tool_error($t->call('person', { id => 0 }), qr/\Anot one row \(PGRST116\)\z/,
              'an error in its words');
$b->requests;

ok_result($t->call('hire', { name => 'Eve', rate => raw('1.10') }), 'a new one');

my $hired = $b->request;
is($hired->body, '{"name":"Eve","rate":1.10}', 'of the arguments');
is($hired->header('Prefer'), 'return=minimal', 'and a header');

like($t->call('rename', { id => 7, name => 'x&id=eq.8' })->text, qr/204/,
     'a change');

my $renamed = $b->request;
is($renamed->target, '/people?id=eq.7', 'of one row');
is($renamed->body, '{"name":"x&id=eq.8"}', 'with what is not in the URI');

finish();

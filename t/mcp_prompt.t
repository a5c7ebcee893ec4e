#!/usr/bin/perl

# mcp_prompt: prompts of the configuration.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;

my $t = MCPTest->new(
    server => <<'EOC', location => <<'EOC',
    mcp_prompt outer { description x; message user x; }

    location = /inherits { mcp; }
EOC
        mcp;

        mcp_prompt triage {
            title       "Triage a ticket";
            description "Looks at a ticket.";
            icon        https://example.com/i.png;
            arg         ticket required title=Ticket "Its number";
            arg         lang values=en|de|Denglish;
            arg         a.b-c;
            message     user "Read {ticket} in {lang}{a.b-c}.";
            message     assistant "{{ticket}} {{{ticket}}} {} { ticket } {";
            message     user file=more.txt;
        }

        mcp_prompt plain {
            description "No arguments.";
            message     user "Begin.";
        }
EOC
    files => { 'more.txt' => "{ticket}\n{\"a\": {ticket}}\n" },
)->start;

my $r;


sub get {
    my ($args, @more) = @_;
    return $t->rpc('prompts/get', { name => 'triage', arguments => $args },
                   @more);
}


sub texts { return [map { $_->{content}{text} } @{ $_[0]{messages} }] }


$r = $t->rpc('prompts/list');
ok_result($r, 'prompts/list');
is_deeply($r->result->{prompts}, [
    { name => 'triage', title => 'Triage a ticket',
      description => 'Looks at a ticket.',
      icons => [{ src => 'https://example.com/i.png' }],
      arguments => [ { name => 'ticket', title => 'Ticket',
                       description => 'Its number', required => true },
                     { name => 'lang' }, { name => 'a.b-c' } ] },
    { name => 'plain', description => 'No arguments.' },
], 'as it is configured');
is_deeply([map { $_->{name} } @{ $t->rpc('prompts/list', {},
           uri => '/inherits')->result->{prompts} }], ['outer'],
          'inherited as other directives are');
is_deeply($t->rpc('server/discover')->result->{capabilities},
          { logging => {}, tools => { listChanged => true },
            prompts => { listChanged => true }, completions => {} },
          'capabilities');

$r = get({ ticket => 'A-7', lang => 'de', 'a.b-c' => '!' });
ok_result($r, 'prompts/get');
is($r->result->{description}, 'Looks at a ticket.', 'description');
is_deeply([map { $_->{role} } @{ $r->result->{messages} }],
          [qw(user assistant user)], 'roles');
is_deeply(texts($r->result), [
    'Read A-7 in de!.',
    '{ticket} {{ticket}} {} { ticket } {',
    "A-7\n{\"a\": A-7}\n" ], 'arguments where they belong');

$r = get({ ticket => "{lang} {{ticket}} \"\x{1f600}" });
is(texts($r->result)->[0], "Read {lang} {{ticket}} \"\x{1f600} in .",
   'a value is no text of the configuration, what is missing is empty');

ok_error(get({ lang => 'de' }), 200, -32602, 'a required argument');
ok_result(get({ ticket => 'x', lang => 'fr' }),
          'values are proposals, not a rule');

$r = $t->legacy('prompts/get', { name => 'plain' });
ok_result($r, 'legacy: prompts/get');
is_deeply($r->result, { description => 'No arguments.', messages => [
    { role => 'user', content => { type => 'text', text => 'Begin.' } } ] },
    'legacy: result');

$r = $t->rpc('completion/complete', {
    ref => { type => 'ref/prompt', name => 'triage' },
    argument => { name => 'lang', value => 'e' } });
is_deeply($r->result->{completion}{values}, [qw(en de Denglish)],
          'values are completed');

$t->write_file('more.txt', 'new');
is(texts(get({ ticket => 1 . '' })->result)->[2], "1\n{\"a\": 1}\n",
   'files are read when nginx starts');
$t->reload;
is(texts(get({ ticket => 1 . '' })->result)->[2], 'new', 'and reloads');

finish();

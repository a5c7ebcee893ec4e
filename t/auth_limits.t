#!/usr/bin/perl

# Limits per key and per tool: the same bucket in all workers, one for all
# strangers of an address, and the rate that was configured.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use Time::HiRes qw(time);

my $rate = 40;
my $burst = 20;

my $t = MCPTest->new(
    workers => 4,
    http => <<"EOC",
    map \$mcp_error \$mcp_failed { unauthorized \$binary_remote_addr; }

    limit_req_zone \$mcp_consumer:\$mcp_tool zone=tool:1m rate=${rate}r/s;
    limit_req_zone \$mcp_consumer zone=key:1m rate=1r/m;
    limit_req_zone \$mcp_failed zone=failed:1m rate=1r/m;
    limit_req_status 429;
EOC
    location => <<"EOC",
        mcp;
        mcp_tools demo;
        mcp_api_keys %%DIR%%/keys;
        limit_req zone=tool burst=$burst nodelay;
EOC
    server => <<'EOC',
    location = /key {
        mcp;
        mcp_tools demo;
        mcp_api_keys %%DIR%%/keys;
        limit_req zone=key burst=2 nodelay;
        limit_req zone=failed burst=4 nodelay;
    }
EOC
    files => { keys => join '', map { sha256_hex($_) . " $_\n" }
                                    qw(alice bob carol) })->start;


sub status {
    my ($key, %o) = @_;
    my $tool = $o{tool} || 'add';
    my $era = $o{era} || 'call';
    return $t->$era($tool, $tool eq 'add' ? { a => 1, b => 2 }
                                          : { text => 'a' },
                    uri => $o{uri} || '/key',
                    headers => { Authorization => "Bearer $key" })->status;
}


# --- buckets

is(join(' ', map { status('alice', era => $_) }
             qw(call legacy_call call legacy_call)), '200 200 200 429',
   'a key has one bucket, in both eras');
is(status('bob'), 200, 'another key another one');

my %strangers;
$strangers{status("guess$_")}++ for 1 .. 20;

is_deeply(\%strangers, { 401 => 5, 429 => 15 },
          'all keys that are wrong share that of the address');
is(status('carol'), 200, 'and not that of one that is right');


# --- the rate; a new connection for each call, so that all workers take part

my $begin = time;
my ($passed, $refused, $other) = (0, 0, 0);

while (time - $begin < 3) {
    for my $tool (qw(add echo)) {
        my $status = status('alice', uri => '/mcp', tool => $tool);

        if ($status == 200) {
            $passed++ if $tool eq 'add';

        } elsif ($status == 429) {
            $refused++;

        } else {
            $other++;
        }
    }
}

my $expected = $burst + 1 + $rate * (time - $begin);

is($other, 0, 'nothing else happens');
cmp_ok($refused, '>', 0, 'more was asked for than is allowed');
cmp_ok(abs($passed - $expected) / $expected, '<=', 0.05,
       sprintf '%d calls of one key to one tool passed, %.0f were allowed',
               $passed, $expected);

finish();

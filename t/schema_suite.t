#!/usr/bin/perl

# The official JSON Schema test suite: every required test of 2020-12 and of
# draft-07 passes but for the groups that t/schema/expected lists, which must
# be refused for the reason given there. Optional tests are counted.
#
# SCHEMA_SUITE=DIR runs another copy of the suite, a newer one for example:
# then any group may be refused for one of these reasons.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use Test::More;

my %dialect = (
    'draft2020-12' => 'https://json-schema.org/draft/2020-12/schema',
    'draft7'       => 'http://json-schema.org/draft-07/schema#',
);

# why a schema is refused: what is said then
my %reason = (
    remote  => qr/leads out of this document and is not followed$/,
    dialect => qr/^\/\$schema: the dialect ".*" is not supported/,
    nul     => qr/^escaped NUL in a string$/,
);

chomp(my ($program, $suite) = qx('$FindBin::Bin/schema/setup.sh'));
die "t/schema/setup.sh failed\n" if $?;

my $own = $ENV{SCHEMA_SUITE};
my $expected = $own ? {} : expected("$FindBin::Bin/schema/expected");

$suite = $own if $own;

for my $draft (sort keys %dialect) {
    my @files = glob("'$suite/$draft/*.json'");

    cmp_ok(@files, '>', 30, "$draft has tests");

    my %count;

    for my $file (@files) {
        my %of = required($draft, $file);
        $count{$_} += $of{$_} for keys %of;
    }

    diag("$draft: " . summary(%count));

    for my $file (glob "'$suite/$draft/optional/*.json'") {
        my %of;
        $of{$_->{verdict}}++ for run($draft, $file);

        $file =~ s{.*/}{};
        note("$draft optional $file: " . summary(%of));
    }
}

is(join(', ', sort keys %$expected), '', 'listed groups exist');

done_testing();


# one line of TAP for a file of required tests; what came of how many

sub required {
    my ($draft, $file) = @_;

    my (%count, %refused, @wrong);

    (my $name = $file) =~ s{.*/}{$draft/};

    for my $test (run($draft, $file)) {
        $count{$test->{verdict}}++;

        my $group = "$name $test->{group}";
        my $why = $expected->{$group};

        if ($test->{verdict} eq 'refused' && $own) {
            ($why) = grep { $test->{said} =~ $reason{$_} } sort keys %reason;
        }

        if ($why ? $test->{verdict} eq 'refused'
                   && $test->{said} =~ $reason{$why}
                 : $test->{verdict} eq 'pass')
        {
            $refused{$group} = 1 if $why;
            next;
        }

        push @wrong, "$group, test $test->{test} ($test->{name}): "
                     . ($why ? "listed as $why, " : '')
                     . "$test->{verdict}, $test->{said}";
    }

    ok(!@wrong && %count, "$name: " . summary(%count));
    diag($_) for @wrong;

    delete $expected->{$_} for keys %refused;

    return %count;
}


sub run {
    my ($draft, $file) = @_;

    open my $out, '-|', $program, $dialect{$draft}, $file
        or die "$program: $!\n";

    my @tests;

    while (<$out>) {
        chomp;
        my %test;
        @test{qw(verdict file group test about name said)} = split /\t/, $_, 7;
        push @tests, \%test;
    }

    ok(0, "$program runs $file") unless close $out;

    return @tests;
}


sub summary {
    my (%count) = @_;
    return join ', ', map { "$count{$_} $_" } sort keys %count;
}


# { "draft7/ref.json 7" => reason }

sub expected {
    my ($file) = @_;

    my %expected;
    open my $fh, '<', $file or die "$file: $!\n";

    while (<$fh>) {
        next if /^\s*(?:#|$)/;
        my ($name, $group, $why) = split;
        die "$file: line $.\n" unless defined $why && $reason{$why};
        $expected{"$name $group"} = $why;
    }

    close $fh;
    return \%expected;
}

package MCPTest::Message;

# JSON-RPC messages and the headers that go with them.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();

our @EXPORT_OK = qw(raw encode_json_text message headers_of
                    MODERN LEGACY);

use constant MODERN => '2026-07-28';
use constant LEGACY => '2025-11-25';

my $prefix = 'io.modelcontextprotocol/';
my $scalar = JSON::PP->new->utf8->allow_nonref;


# JSON that is copied into the message as it is

sub raw {
    my ($text) = @_;
    return bless \$text, 'MCPTest::Message::Raw';
}


# like JSON::PP, but with raw() and always in the same order

sub encode_json_text {
    my ($value) = @_;

    my $type = ref $value;

    return $$value if $type eq 'MCPTest::Message::Raw';

    return '[' . join(',', map { encode_json_text($_) } @$value) . ']'
        if $type eq 'ARRAY';

    return '{' . join(',', map { $scalar->encode("$_") . ':'
                                 . encode_json_text($value->{$_}) }
                      sort keys %$value) . '}'
        if $type eq 'HASH';

    return $scalar->encode($value);
}


# The list of headers: the defaults, with what the test says about them. A
# header keeps the place of the default and the spelling of the test.

sub headers_of {
    my ($option, @default) = @_;

    my @list = ('Content-Type' => 'application/json',
                Accept => 'application/json, text/event-stream', @default);
    my %change = map { lc $_ => [$_, $option->{headers}{$_}] }
                 keys %{ $option->{headers} || {} };
    my @headers;

    while (my ($name, $value) = splice @list, 0, 2) {
        my $change = delete $change{lc $name};
        push @headers, _header(@{ $change || [$name, $value] });
    }

    return [@headers, map { _header(@{ $change{$_} }) } sort keys %change];
}


sub _header {
    my ($name, $value) = @_;

    return map { ($name => $_) } ref $value ? @$value : $value;
}


sub _meta {
    my ($o, $version) = @_;

    my %meta = (
        "${prefix}protocolVersion"    => $version,
        "${prefix}clientInfo"         => { name => 'tester', version => '1.0' },
        "${prefix}clientCapabilities" => {},
    );

    for my $name (keys %{ $o->{meta} || {} }) {
        my $key = $name =~ m{/|^progressToken$} ? $name : "$prefix$name";

        $meta{$key} = $o->{meta}{$name};
        delete $meta{$key} if !defined $meta{$key};
    }

    delete $meta{"${prefix}protocolVersion"} if !defined $version;
    return \%meta;
}


# (body, list of headers)

sub message {
    my ($era, $method, $params, %o) = @_;

    my $modern = $era eq 'modern';
    my $version = exists $o{version} ? $o{version} : $modern ? MODERN : LEGACY;
    my $id = exists $o{id} ? $o{id} : 1;
    my %params = %{ $params || {} };
    my %message = (jsonrpc => '2.0', method => $method);
    my $name = $method eq 'tools/call' || $method eq 'prompts/get'
               ? $params{name}
               : $method eq 'resources/read' ? $params{uri} : undef;
    my @headers;

    if ($modern && !exists $params{_meta}
        && !(exists $o{meta} && !defined $o{meta}))
    {
        $params{_meta} = _meta(\%o, $version);
    }

    $message{id} = $id if defined $id;
    $message{params} = \%params if $modern || defined $params;

    push @headers, 'MCP-Protocol-Version' => $version if defined $version;
    push @headers, 'Mcp-Method' => $method if $modern;
    push @headers, 'Mcp-Name' => $name if $modern && defined $name
                                          && !ref $name;

    return ($o{body} // encode_json_text(\%message),
            headers_of(\%o, @headers));
}


1;

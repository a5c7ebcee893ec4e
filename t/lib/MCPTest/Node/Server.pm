package MCPTest::Node::Server;

# A server from npm, in a process of its own, until the object is gone.
#
#     my $server = MCPTest::Node::Server->start($script, NAME => 'value', ...);
#     $server->port
#     $server->pid
#
# The script is below t/npm and prints the port it has taken; the names are all
# it has in its environment.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use MCPTest::Node qw(exec_node);


sub start {
    my ($class, $script, %environment) = @_;

    my $pid = open(my $out, '-|') // die "fork: $!";

    if ($pid == 0) {
        %ENV = %environment;
        exec_node($script);
    }

    my $self = bless { pid => $pid, out => $out, owner => $$ }, $class;

    ($self->{port}) = (<$out> // '') =~ /^(\d+)$/
        or die "$script did not start\n";

    return $self;
}


sub port { return $_[0]{port} }
sub pid  { return $_[0]{pid} }


sub DESTROY {
    my ($self) = @_;

    return if $self->{owner} != $$;

    local $?;
    kill 'KILL', $self->{pid};
    close $self->{out};
    return;
}


1;

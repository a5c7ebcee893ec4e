
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * streams PORT N REQUEST PUBLISH
 *
 * Opens N connections to 127.0.0.1:PORT, sends the bytes of the file REQUEST
 * on each and reads what comes, until standard input ends.  Prints one line
 * when all streams are acknowledged, and one for each line of standard input,
 * which has the bytes of PUBLISH sent once: the microseconds until the first,
 * half and the last of the streams had the notification.
 *
 * A stream that ends, and one that has nothing within STREAMS_PATIENCE
 * seconds, ends the program with 1.  Connections are reset at the end, so that
 * no port has to rest; their addresses are 127.0.0.2 and up, since one address
 * does not have 30000 ports.
 */


#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>


#define STREAMS_PATIENCE     30
#define STREAMS_BACKLOG      256     /* not acknowledged yet */
#define STREAMS_PER_ADDRESS  8192


typedef struct {
    int           fd;
    unsigned int  matched;           /* bytes of streams_method */
    unsigned int  acknowledged;
    unsigned int  notified;
} stream_t;


typedef struct {
    char         *data;
    size_t        len;
} text_t;


static const char  streams_method[] = "\"method\":\"notifications/";

static int        streams_epoll;
static int        streams_port;
static size_t     streams_n;
static stream_t  *streams;
static size_t     streams_acknowledged;
static size_t     streams_notified;    /* of the last publication */
static size_t     streams_published;
static uint64_t  *streams_times;       /* of streams_notified */


static void
fail(const char *what)
{
    fprintf(stderr, "streams: %s: %s; %zu of %zu open, %zu notified\n", what,
            strerror(errno), streams_acknowledged, streams_n,
            streams_notified);
    exit(1);
}


static uint64_t
now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}


static text_t
slurp(const char *name)
{
    int          fd;
    text_t       text;
    struct stat  sb;

    fd = open(name, O_RDONLY);

    if (fd < 0 || fstat(fd, &sb) != 0) {
        fail(name);
    }

    text.len = sb.st_size;
    text.data = malloc(text.len);

    if (text.data == NULL || read(fd, text.data, text.len) != sb.st_size) {
        fail(name);
    }

    close(fd);

    return text;
}


static int
connected(size_t i)
{
    int                 fd, on;
    struct linger       linger;
    struct timeval      tv;
    struct sockaddr_in  sin;

    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) {
        fail("socket");
    }

    on = 1;
    linger.l_onoff = 1;
    linger.l_linger = 0;
    tv.tv_sec = STREAMS_PATIENCE;
    tv.tv_usec = 0;

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));

    memset(&sin, 0, sizeof(sin));
    sin.sin_family = AF_INET;
    sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + i / STREAMS_PER_ADDRESS);

    if (bind(fd, (struct sockaddr *) &sin, sizeof(sin)) != 0) {
        fail("bind");
    }

    sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sin.sin_port = htons(streams_port);

    if (connect(fd, (struct sockaddr *) &sin, sizeof(sin)) != 0) {
        fail("connect");
    }

    return fd;
}


static void
send_all(int fd, const text_t *text)
{
    if (write(fd, text->data, text->len) != (ssize_t) text->len) {
        fail("write");
    }
}


static void
stream_open(size_t i, const text_t *request)
{
    stream_t            *s;
    struct epoll_event   ee;

    s = &streams[i];
    s->fd = connected(i);

    send_all(s->fd, request);

    if (fcntl(s->fd, F_SETFL, O_NONBLOCK) != 0) {
        fail("fcntl");
    }

    ee.events = EPOLLIN;
    ee.data.u64 = i;

    if (epoll_ctl(streams_epoll, EPOLL_CTL_ADD, s->fd, &ee) != 0) {
        fail("epoll_ctl");
    }
}


/* the byte after "notifications/" tells what it is */

static void
stream_message(stream_t *s, char ch)
{
    if (ch == 's' && !s->acknowledged) {
        s->acknowledged = 1;
        streams_acknowledged++;
        return;
    }

    if (ch != 't' || !s->acknowledged || s->notified >= streams_published) {
        errno = 0;
        fail("unexpected message");
    }

    s->notified++;
    streams_times[streams_notified++] = now();
}


static void
stream_read(stream_t *s)
{
    ssize_t      i, n;
    static char  buf[65536];

    n = read(s->fd, buf, sizeof(buf));

    if (n < 0 && errno == EAGAIN) {
        return;
    }

    if (n <= 0) {
        fail("stream ended");
    }

    for (i = 0; i < n; i++) {

        if (s->matched == sizeof(streams_method) - 1) {
            s->matched = 0;
            stream_message(s, buf[i]);

        } else if (buf[i] == streams_method[s->matched]) {
            s->matched++;

        } else {
            s->matched = (buf[i] == streams_method[0]);
        }
    }
}


/* what there is; 1: from standard input */

static int
streams_read(int timeout)
{
    int                  i, n, input;
    struct epoll_event   events[512];

    n = epoll_wait(streams_epoll, events, 512, timeout);

    if (n < 0 && errno != EINTR) {
        fail("epoll_wait");
    }

    input = 0;

    for (i = 0; i < n; i++) {

        if (events[i].data.u64 == streams_n) {
            input = 1;

        } else {
            stream_read(&streams[events[i].data.u64]);
        }
    }

    return input;
}


static void
streams_until(size_t *counter, size_t n)
{
    uint64_t  end;

    end = now() + STREAMS_PATIENCE * 1000000ULL;

    while (*counter < n) {

        (void) streams_read(1000);

        if (now() > end) {
            errno = ETIMEDOUT;
            fail("waiting");
        }
    }
}


static void
streams_open(const text_t *request)
{
    size_t    i;
    uint64_t  start;

    start = now();

    for (i = 0; i < streams_n; i++) {
        stream_open(i, request);

        if (i >= STREAMS_BACKLOG) {
            streams_until(&streams_acknowledged, i - STREAMS_BACKLOG);
        }
    }

    streams_until(&streams_acknowledged, streams_n);

    printf("open us=%lu\n", (unsigned long) (now() - start));
    fflush(stdout);
}


static void
streams_publish(const text_t *publish)
{
    int       fd;
    char      status[13];
    uint64_t  start;

    fd = connected(0);

    streams_published++;
    streams_notified = 0;

    start = now();

    send_all(fd, publish);
    streams_until(&streams_notified, streams_n);

    if (recv(fd, status, 12, MSG_WAITALL) != 12
        || memcmp(status, "HTTP/1.1 2", 10) != 0)
    {
        errno = 0;
        fail("not published");
    }

    close(fd);

    printf("published first=%lu half=%lu last=%lu\n",
           (unsigned long) (streams_times[0] - start),
           (unsigned long) (streams_times[streams_n / 2] - start),
           (unsigned long) (streams_times[streams_n - 1] - start));
    fflush(stdout);
}


static void
streams_init(void)
{
    struct rlimit       rlimit;
    struct epoll_event  ee;

    streams = calloc(streams_n, sizeof(stream_t));
    streams_times = calloc(streams_n, sizeof(uint64_t));
    streams_epoll = epoll_create1(0);

    if (streams == NULL || streams_times == NULL || streams_epoll < 0) {
        fail("no memory");
    }

    getrlimit(RLIMIT_NOFILE, &rlimit);
    rlimit.rlim_cur = rlimit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &rlimit);

    ee.events = EPOLLIN;
    ee.data.u64 = streams_n;

    if (epoll_ctl(streams_epoll, EPOLL_CTL_ADD, 0, &ee) != 0) {
        fail("standard input");
    }
}


int
main(int argc, char **argv)
{
    char    buf[256];
    text_t  request, publish;

    if (argc != 5) {
        fprintf(stderr, "usage: streams PORT N REQUEST PUBLISH\n");
        return 2;
    }

    streams_port = atoi(argv[1]);
    streams_n = atoi(argv[2]);
    request = slurp(argv[3]);
    publish = slurp(argv[4]);

    streams_init();
    streams_open(&request);

    for ( ;; ) {

        if (!streams_read(-1)) {
            continue;
        }

        if (read(0, buf, sizeof(buf)) <= 0) {
            return 0;
        }

        streams_publish(&publish);
    }
}

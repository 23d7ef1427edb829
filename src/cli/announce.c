// Uses a datagram socket in the abstract name space, which leaves no file behind, whichever process dies.
#include "cli/announce.h"

#include "base/err.h"
#include "comm/comm.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char variable[] = "HOURGLASS_ANNOUNCE"; // holds the socket's name without the leading zero

struct datagram {
    int rank;
    int has_ended;
    int code;
};

static int give_up(int fd)
{
    int error = errno;

    close(fd);
    errno = error;
    return -1;
}

int announce_open(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t length = sizeof address;
    int yes = 1, fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    unsetenv(variable);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) < 0 ||
        bind(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path)) <
            0 || // the kernel chooses a name
        getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return give_up(fd);

    ASSERT(length > offsetof(struct sockaddr_un, sun_path) + 1 && length <= sizeof address, "%u", (unsigned)length);
    char name[sizeof address.sun_path + 1] = "";
    memcpy(name, address.sun_path + 1, length - offsetof(struct sockaddr_un, sun_path) - 1);
    setenv(variable, name, 1);
    return fd;
}

bool announce_take(int fd, struct announcement *a)
{
    for (;;) {
        struct datagram d;
        union {
            struct cmsghdr header;
            char room[CMSG_SPACE(sizeof(struct ucred))];
        } control;
        struct iovec part = {&d, sizeof d};
        struct msghdr message = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
        ssize_t got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);

        if (got < 0)
            return false;
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        if (got != (ssize_t)sizeof d || !c || c->cmsg_type != SCM_CREDENTIALS)
            continue;

        struct ucred sender;
        memcpy(&sender, CMSG_DATA(c), sizeof sender);
        if (sender.uid != geteuid())
            continue;
        *a = (struct announcement){d.rank, sender.pid, d.has_ended, d.code};
        return true;
    }
}

// --- in a rank
static char supervisor[sizeof((struct sockaddr_un *)0)->sun_path]; // the socket's name; "": nobody to report to

static int send_datagram(struct datagram d)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(supervisor);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    ASSERT(length > 0 && length < sizeof address.sun_path, "%zu bytes", length);
    memcpy(address.sun_path + 1, supervisor, length);
    ssize_t sent = sendto(fd, &d, sizeof d, MSG_NOSIGNAL, (struct sockaddr *)&address,
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length));
    close(fd);
    return sent == (ssize_t)sizeof d ? 0 : -1;
}

void announce_start(void)
{
    const char *name = getenv(variable);

    if (!name || !comm_has_launcher() || strlen(name) >= sizeof supervisor - 1)
        return;
    strcpy(supervisor, name);
    unsetenv(variable); // programs that we start must not see it
    if (send_datagram((struct datagram){.rank = comm_launched_rank()}) != 0)
        supervisor[0] = 0; // this rank is on another node
}

bool announce_is_ours(void)
{
    return *supervisor != 0;
}

int announce_end(int code)
{
    ASSERT(code >= 0 && code < 256, "exit code %d", code);
    if (!*supervisor || !comm_is_over())
        return code;
    return send_datagram((struct datagram){comm_launched_rank(), true, code}) == 0 ? 0 : code;
}

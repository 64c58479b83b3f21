/*
 * daemon/http/taken.c - see taken.h.
 */
#include "daemon/http/taken.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

struct taken taken_of(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
		return (struct taken){ 0 };
	return (struct taken){
		.waiting = info.tcpi_unacked > 0 || info.tcpi_notsent_bytes > 0,
		.bytes = info.tcpi_bytes_acked,
	};
}

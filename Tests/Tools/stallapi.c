/*
 * stallapi.c - an API server that hangs.
 *
 *   stallapi PORT FOLDER
 *
 * A list is answered with the file of its name in FOLDER ("services" for /api/v1/services?…). What
 * has no file, and every watch, gets half a line of JSON and then nothing; the connection stays.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX_BYTES = 16 << 10, PATH_MAX_BYTES = 1024 };

static const char *folder;

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

static void send_text(int client, const char *text)
{
    (void)send(client, text, strlen(text), MSG_NOSIGNAL);
}

/* Waits until the other end is tired of waiting. */
static void stall(int client)
{
    char byte;
    send_text(client, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n10\r\n{\"type\":\"ADDED\",\r\n");
    while (recv(client, &byte, 1, 0) > 0) continue;
}

/* Answers with a file as the whole body; -1 if there is none of this name. */
static int send_file(int client, const char *name)
{
    char path[PATH_MAX_BYTES], block[REQUEST_MAX_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (!file) return -1;
    fseek(file, 0, SEEK_END);
    snprintf(block, sizeof block,
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %ld\r\n\r\n",
             ftell(file));
    rewind(file);
    send_text(client, block);
    for (size_t count; (count = fread(block, 1, sizeof block, file)) > 0;)
        (void)send(client, block, count, MSG_NOSIGNAL);
    fclose(file);
    return 0;
}

/* Reads one request's head; returns its length, or 0 when the other end has gone. */
static size_t read_head(int client, char head[REQUEST_MAX_BYTES])
{
    size_t length = 0;
    while (length < REQUEST_MAX_BYTES - 1) {
        ssize_t count = recv(client, head + length, REQUEST_MAX_BYTES - 1 - length, 0);
        if (count <= 0) return 0;
        length += (size_t)count;
        head[length] = 0;
        if (strstr(head, "\r\n\r\n")) return length;
    }
    return 0;
}

static void *serve(void *argument)
{
    int client = (int)(intptr_t)argument;
    char head[REQUEST_MAX_BYTES];
    while (read_head(client, head)) {
        head[strcspn(head, "\r\n")] = 0;
        char *path = strchr(head, ' ');
        if (!path || strstr(path, "watch=")) break;
        path[1 + strcspn(path + 1, " ?")] = 0;
        if (send_file(client, strrchr(path, '/') + 1) < 0) break;
    }
    stall(client);
    close(client);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: stallapi PORT FOLDER\n", stderr);
        return 2;
    }
    folder = argv[2];
    struct sockaddr_in6 address = { .sin6_family = AF_INET6,
                                    .sin6_port = htons((uint16_t)atoi(argv[1])) };
    int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    if (listener < 0) die("socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
    if (listen(listener, 16) < 0) die("listen");
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        pthread_t thread;
        if (client < 0) die("accept");
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)client)) die("pthread_create");
        pthread_detach(thread);
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MiniGrad.Tests.Data;

/// <summary>A web server on loopback that may lie, cut and stall: a script answers each request on its own connection.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> answers = [];
    private readonly ConcurrentQueue<LoopbackRequest> requests = new();
    private readonly Func<LoopbackRequest, LoopbackReply, Task> script;
    private readonly Task accepting;

    public LoopbackServer(Func<LoopbackRequest, LoopbackReply, Task> script)
    {
        this.script = script;
        listener.Start();
        Address = new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public LoopbackRequest[] Requests => [.. requests];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(answers);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                answers.Add(AnswerAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            using TcpClient connection = client;
            NetworkStream stream = connection.GetStream();
            StringBuilder head = new();
            byte[] one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                if (await stream.ReadAsync(one, stop.Token) == 0) return;
                head.Append((char)one[0]);
            }
            string[] lines = head.ToString().Split("\r\n");
            long? from = null;
            foreach (string line in lines)
            {
                if (!line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase)) continue;
                from = long.Parse(line[13..].TrimEnd('-'), CultureInfo.InvariantCulture);
            }
            LoopbackRequest request = new(requests.Count, lines[0].Split(' ')[1], from);
            requests.Enqueue(request);
            await script(request, new(stream, stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
        {
            // The other side went away, or the test is over.
        }
    }
}

/// <summary>What was asked: the running number, the path, the first byte wanted if a range was named.</summary>
internal sealed record LoopbackRequest(int Number, string Path, long? From);

/// <summary>Writes one answer.</summary>
internal sealed class LoopbackReply(NetworkStream stream, CancellationToken stopped)
{
    public async Task HeadAsync(string status, params string[] headers)
    {
        string head = $"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(line => line + "\r\n"))}Connection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), stopped);
    }

    public async Task BodyAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes, stopped);
        await stream.FlushAsync(stopped);
    }

    /// <summary>A right and whole answer, to a range as well.</summary>
    public async Task FileAsync(byte[] content, LoopbackRequest request)
    {
        int from = (int)(request.From ?? 0);
        string length = $"Content-Length: {content.Length - from}";
        if (request.From is null) await HeadAsync("200 OK", length);
        else await HeadAsync("206 Partial Content", length, $"Content-Range: bytes {from}-{content.Length - 1}/{content.Length}");
        await BodyAsync(content.AsMemory(from));
    }

    /// <summary>Sends nothing more until the other side or the test ends.</summary>
    public async Task StallAsync()
    {
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, stopped) > 0)
        {
        }
    }
}

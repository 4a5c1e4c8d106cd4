using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace MiniGrad.Data;

/// <summary>
/// One file from one mirror into a part file. A try asks for what the part still lacks (RFC 9110, section 14) and trusts
/// nothing that the server says: ranges, lengths and types are checked, no more than the known size is read, the hash decides.
/// </summary>
internal sealed class Download(HttpClient client, Uri address, DataFile file, string partPath, double stallSeconds)
{
    private const int BufferSize = 1 << 16;

    private bool isRangeRefused;

    public Uri Address => address;

    public async Task<DownloadResult> TryAsync(Action<long> report, CancellationToken cancellation)
    {
        await using FileStream part = new(partPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        if (isRangeRefused || part.Length > file.Bytes) part.SetLength(0);
        long kept = part.Length;
        if (kept < file.Bytes)
        {
            DownloadResult result = await ReceiveAsync(part, report, cancellation).ConfigureAwait(false);
            if (result.Failure is not null) return result;
        }
        part.Position = 0;
        string hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(part, cancellation).ConfigureAwait(false));
        if (hash == file.Sha256)
        {
            part.Flush(flushToDisk: true);
            return new(null, false, file.Bytes);
        }
        part.SetLength(0);
        // When some of it was there before, that may have been the wrong piece: once more from the start.
        return new($"wrong content: SHA-256 {hash}, expected {file.Sha256} (deleted)", kept > 0, 0);
    }

    private async Task<DownloadResult> ReceiveAsync(FileStream part, Action<long> report, CancellationToken cancellation)
    {
        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stall.CancelAfter(TimeSpan.FromSeconds(stallSeconds));
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            if (part.Length > 0) request.Headers.Range = new(part.Length, null);
            using HttpResponseMessage response =
                await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token).ConfigureAwait(false);
            if (Refusal(response, part) is { } refusal) return refusal;
            if (response.StatusCode == HttpStatusCode.OK) part.SetLength(0);
            part.Position = part.Length;
            await using Stream body = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
            return await CopyAsync(body, part, report, stall).ConfigureAwait(false);
        }
        catch (HttpRequestException error)
        {
            // A name that does not resolve now will not a second later either.
            return new($"no connection ({error.Message})", error.HttpRequestError != HttpRequestError.NameResolutionError, part.Length);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new($"no answer for {stallSeconds} s", true, part.Length);
        }
    }

    private async Task<DownloadResult> CopyAsync(Stream body, FileStream part, Action<long> report, CancellationTokenSource stall)
    {
        byte[] buffer = new byte[BufferSize];
        while (part.Position < file.Bytes)
        {
            int wanted = (int)Math.Min(buffer.Length, file.Bytes - part.Position);
            int count;
            string how = "";
            try
            {
                count = await body.ReadAsync(buffer.AsMemory(0, wanted), stall.Token).ConfigureAwait(false);
            }
            catch (IOException error)
            {
                count = 0;
                how = $" ({error.Message})";
            }
            if (count == 0) return new($"the connection ended at byte {part.Position} of {file.Bytes}{how}", true, part.Position);
            stall.CancelAfter(TimeSpan.FromSeconds(stallSeconds));
            // Written without the token: a try that is stopped keeps all that came.
            await part.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None).ConfigureAwait(false);
            report(part.Position);
        }
        return new(null, false, part.Position);
    }

    /// <summary>Why a response cannot be used, or null when its body may be read.</summary>
    private DownloadResult? Refusal(HttpResponseMessage response, FileStream part)
    {
        HttpContentHeaders headers = response.Content.Headers;
        int status = (int)response.StatusCode;
        long kept = part.Length;
        if (status is 301 or 302 or 303 or 307 or 308) return new($"redirects without end ({status})", false, kept);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            isRangeRefused = true;
            return new("refuses to resume (416)", true, 0);
        }
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
        {
            return new($"answers {status} {response.ReasonPhrase}", status is 408 or 429 or >= 500, kept);
        }
        if (headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml")
        {
            return new("sends an HTML page instead of the file (a sign-in page of the network?)", false, kept);
        }
        bool isPartial = response.StatusCode == HttpStatusCode.PartialContent;
        ContentRangeHeaderValue? range = headers.ContentRange;
        if (isPartial && (kept == 0 || range?.From != kept || (range.HasLength && range.Length != file.Bytes)))
        {
            isRangeRefused = true;
            return new($"sends another range ({range?.ToString() ?? "unnamed"}) than asked for (from {kept})", true, 0);
        }
        long expected = isPartial ? file.Bytes - kept : file.Bytes;
        if (headers.ContentLength is { } length && length != expected)
        {
            return new($"announces {length} bytes instead of {expected}", false, kept);
        }
        return null;
    }
}

/// <summary>How one try ended: what went wrong if anything did, whether the same mirror may yet do better, how far it got.</summary>
internal readonly record struct DownloadResult(string? Failure, bool MayRetry, long Received);

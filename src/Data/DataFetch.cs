using System.Security.Cryptography;

namespace MiniGrad.Data;

/// <summary>
/// Brings the files of a data set to disk: resumes what was cut, tries the next mirror when one fails, and gives a file
/// its name only after its size and SHA-256 were found right.
/// </summary>
public sealed class DataFetch(FetchOptions? options = null)
{
    private const double LongestBackoffSeconds = 30;

    /// <summary>A try that got this much further than any before it does not count as failed, so slow lines get there.</summary>
    private const long Headway = 64 * 1024;

    private readonly FetchOptions options = options ?? new();

    /// <summary>Fetches what is missing of a set into its folder below <paramref name="directory"/>.</summary>
    /// <exception cref="DataSetException">The set is unknown, no mirror had a right file, or the disk refused.</exception>
    public async Task FetchAsync(
        string set, string directory, IProgress<FetchProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        FetchSource source = Source(set);
        string folder = Path.Combine(directory, source.Folder);
        using SocketsHttpHandler handler = new()
        {
            MaxAutomaticRedirections = 5,
            UseProxy = options.UseProxy,
            ConnectTimeout = TimeSpan.FromSeconds(options.StallSeconds),
        };
        using HttpClient client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("minigrad");
        try
        {
            Directory.CreateDirectory(folder);
            foreach (DataFile file in source.Files)
            {
                string path = Path.Combine(folder, file.Name);
                if (await IsRightAsync(path, file, cancellation).ConfigureAwait(false))
                {
                    progress?.Report(new(file.Name, file.Bytes, file.Bytes, null));
                    continue;
                }
                await FetchFileAsync(client, source, file, path, progress, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is (IOException or UnauthorizedAccessException) and not DataSetException)
        {
            throw new DataSetException(
                $"{source.Name}: cannot write into {folder}: {error.Message} Free space, change its rights, or name another folder.",
                error);
        }
    }

    private FetchSource Source(string set)
    {
        string name = DataSets.WithoutParts(set);
        foreach (FetchSource source in options.Sources)
        {
            if (source.Name == name) return source;
        }
        List<string> known = [.. options.Sources.Select(source => source.Name)];
        string guess = Suggestion.Nearest(set, known) is { } near ? $" Did you mean \"{near}\"?" : "";
        throw new DataSetException($"data: there is nothing to fetch for \"{set}\".{guess} Known: {string.Join(", ", known)}.");
    }

    private async Task FetchFileAsync(
        HttpClient client, FetchSource source, DataFile file, string path,
        IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        string partPath = path + ".part";
        List<string> failures = [];
        foreach (Uri mirror in source.Mirrors)
        {
            Download download = new(client, new(mirror, file.Name), file, partPath, options.StallSeconds);
            long furthest = 0;
            double backoff = options.BackoffSeconds;
            for (int attempt = 1; ; attempt++)
            {
                DownloadResult result = await download.TryAsync(
                    received => progress?.Report(new(file.Name, received, file.Bytes, mirror)), cancellation).ConfigureAwait(false);
                if (result.Failure is null)
                {
                    File.Move(partPath, path, overwrite: true);
                    return;
                }
                if (result.Received >= furthest + Headway)
                {
                    furthest = result.Received;
                    attempt = 1;
                    backoff = options.BackoffSeconds;
                }
                if (!result.MayRetry || attempt >= options.Attempts)
                {
                    failures.Add($"{download.Address}: {result.Failure}");
                    break;
                }
                await Task.Delay(TimeSpan.FromSeconds(backoff), cancellation).ConfigureAwait(false);
                backoff = Math.Min(2 * backoff, LongestBackoffSeconds);
            }
        }
        throw new DataSetException(
            $"{source.Name}: could not fetch {file.Name}: {string.Join("; ", failures)}. Try again later, or put the file "
            + $"({file.Bytes} bytes, SHA-256 {file.Sha256}) by hand at {path}.");
    }

    private static async Task<bool> IsRightAsync(string path, DataFile file, CancellationToken cancellation)
    {
        if (!File.Exists(path) || new FileInfo(path).ResolveLinkTarget(true) is FileInfo { Exists: false }) return false;
        await using FileStream stream = File.OpenRead(path);
        if (stream.Length != file.Bytes) return false;
        byte[] hash = await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false);
        return Convert.ToHexStringLower(hash) == file.Sha256;
    }
}

/// <summary>From where, how patiently and how often to fetch.</summary>
public sealed record FetchOptions
{
    /// <summary>Where each data set can be fetched from.</summary>
    public IReadOnlyList<FetchSource> Sources { get; init; } = FetchSource.Known;

    /// <summary>Give a connection up when no byte has come for so long.</summary>
    public double StallSeconds { get; init; } = 20;

    /// <summary>Tries in a row that one mirror gets for one file without getting further.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The wait before the second try; it doubles from try to try, up to 30 seconds.</summary>
    public double BackoffSeconds { get; init; } = 1;

    /// <summary>Whether the proxy that the environment names is used.</summary>
    public bool UseProxy { get; init; } = true;
}

/// <summary>How far the fetching of one file is; a file that was there already is reported once, complete, without a mirror.</summary>
public sealed record FetchProgress(string File, long Received, long Bytes, Uri? Mirror);

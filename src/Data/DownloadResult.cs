namespace MiniGrad.Data;

/// <summary>How one try ended: what went wrong if anything did, whether the same mirror may yet do better, how far it got.</summary>
internal readonly record struct DownloadResult(string? Failure, bool MayRetry, long Received);

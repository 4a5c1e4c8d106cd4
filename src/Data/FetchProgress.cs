namespace MiniGrad.Data;

/// <summary>How far the fetching of one file is; a file that was there already is reported once, complete, without a mirror.</summary>
public sealed record FetchProgress(string File, long Received, long Bytes, Uri? Mirror);

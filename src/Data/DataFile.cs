namespace MiniGrad.Data;

/// <summary>One file to fetch: its name on the mirrors, its exact size, and its SHA-256 in lower-case hexadecimal.</summary>
public sealed record DataFile(string Name, long Bytes, string Sha256);

using System.Security.Cryptography;

namespace MiniGrad.Formats;

/// <summary>Digests of files, to tell whether a download or a copy is the file that was meant.</summary>
internal static class FileHash
{
    /// <summary>The SHA-256 of a file's bytes in 64 lower-case hexadecimal digits.</summary>
    public static string Sha256(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

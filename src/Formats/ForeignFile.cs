using System.Text;

namespace MiniGrad.Formats;

/// <summary>Recognises, by their first bytes, the files people most often have in place of the one they wanted.</summary>
internal static class ForeignFile
{
    /// <summary>What the file is and what to do about it, or null where the bytes are unknown.</summary>
    public static string? Describe(ReadOnlySpan<byte> head, string wanted)
    {
        if (head.StartsWith("version https://git-lfs"u8))
        {
            return $"is a Git LFS pointer, not {wanted}. Fetch the file itself: git lfs pull.";
        }
        if (head.StartsWith(FileSignature.ZipRecord))
        {
            return $"is a zip archive (PyTorch saves such files), not {wanted}. Unpack or convert it first.";
        }
        if (FileSignature.IsPickle(head)) return $"is a Python pickle, not {wanted}. Convert it first.";
        if (head.StartsWith(FileSignature.Gzip)) return $"is gzip-compressed, not {wanted}. Unpack it first.";
        if (head.StartsWith(FileSignature.Jpeg)) return $"is a JPEG image, not {wanted}.";
        if (head.StartsWith("GIF8"u8)) return $"is a GIF image, not {wanted}. Convert it to PNG.";
        if (head.StartsWith("RIFF"u8) && head.Length >= 12 && head[8..12].SequenceEqual("WEBP"u8))
        {
            return $"is a WebP image, not {wanted}. Convert it to PNG.";
        }
        if (head.StartsWith(FileSignature.Png[..4])) return $"is a PNG image, not {wanted}.";
        if (head.StartsWith(FileSignature.Hdf5))
        {
            return $"is an HDF5 file (Keras saves such files), not {wanted}. Export it as safetensors or .npz.";
        }
        if (IsWebPage(head))
        {
            return $"looks like an HTML page: the download gave a web page, not {wanted}. Check the address and fetch it again.";
        }
        return null;
    }

    private static bool IsWebPage(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith<byte>([0xEF, 0xBB, 0xBF])) head = head[3..];
        head = head.TrimStart(" \t\r\n"u8);
        return Starts(head, "<!doctype html"u8) || Starts(head, "<html"u8) || Starts(head, "<head"u8)
            || Starts(head, "<!--"u8) || Starts(head, "<?xml"u8);
    }

    private static bool Starts(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tag) =>
        head.Length >= tag.Length && Ascii.EqualsIgnoreCase(head[..tag.Length], tag);
}

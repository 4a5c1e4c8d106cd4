using MiniGrad.Formats;
using MiniGrad.Formats.Archives;
using MiniGrad.Formats.Images;

namespace MiniGrad.Data;

/// <summary>Reads the files of CIFAR-10 out of <c>cifar-10-binary.tar.gz</c> as it was published, without unpacking it to disk.</summary>
internal static class CifarArchive
{
    /// <summary>The name that the archive was published under.</summary>
    public const string FileName = "cifar-10-binary.tar.gz";

    private const string Folder = "cifar-10-batches-bin/";
    private const long MaxMember = 1 << 20;
    private const long MaxUnpacked = 200_000_000;

    /// <summary>The named members, in that order, and the class names if the archive has them; the whole archive is checked.</summary>
    public static (CifarBatch[] Batches, IReadOnlyList<string>? ClassNames) Read(string path, IReadOnlyList<string> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        CifarBatch?[] found = new CifarBatch?[members.Count];
        IReadOnlyList<string>? classNames = null;
        HashSet<string> seen = new(StringComparer.Ordinal);
        long packed = new FileInfo(path).Length;
        using TarReader tar = new(path, MaxUnpacked);
        while (tar.Next())
        {
            if (!seen.Add(tar.Name)) throw new CifarException(path, 0, $"{Printable.Name(tar.Name)} is in the archive twice");
            string name = tar.Name.StartsWith(Folder, StringComparison.Ordinal) ? tar.Name[Folder.Length..] : "";
            bool isBatch = name.EndsWith(".bin", StringComparison.Ordinal);
            long limit = isBatch ? (long)CifarFile.MaxImages * CifarFile.RecordBytes : MaxMember;
            if (tar.Size > limit)
            {
                throw new CifarException(path, 0, $"{Printable.Name(tar.Name)} declares {tar.Size} bytes, more than the limit of {limit}");
            }
            if (tar.Size > (packed + 1) * PngDecoder.MaxExpansion)
            {
                throw new CifarException(path, 0, $"{packed} bytes of gzip cannot unpack to {tar.Size} of {Printable.Name(tar.Name)}");
            }
            int index = isBatch ? IndexOf(members, name) : -1;
            if (index >= 0) found[index] = CifarFile.Read(path, tar, tar.Size, name + ": ");
            else if (name == CifarSet.MetaFile) classNames = CifarFile.ReadClassNames(path, tar, tar.Size, name + ": ");
        }
        CifarBatch[] batches = [.. found.OfType<CifarBatch>()];
        if (batches.Length < members.Count)
        {
            throw new CifarException(path, 0, $"the archive has no {Folder}{members[Array.IndexOf(found, null)]}. Fetch it again");
        }
        return (batches, classNames);
    }

    private static int IndexOf(IReadOnlyList<string> members, string name)
    {
        for (int i = 0; i < members.Count; i++)
        {
            if (members[i] == name) return i;
        }
        return -1;
    }
}

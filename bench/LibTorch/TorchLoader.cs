using System.Buffers.Binary;

namespace MiniGrad.Bench.LibTorch;

/// <summary>
/// Lets TorchSharp's small glue library load where libstdc++ is older than 13 (Debian 12): it wants one empty function of 13, which
/// <c>lst.sh</c> preloads. LibTorch itself is not touched.
/// </summary>
internal static class TorchLoader
{
    private const string Needed = "GLIBCXX_3.4.32";

    /// <summary>Marks the missing version as weak in the copied library, so that the loader takes the preloaded function instead.</summary>
    public static void Fix()
    {
        if (!File.Exists(Path.Combine(AppContext.BaseDirectory, "shim.so"))) return;
        string path = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        byte[] bytes = File.ReadAllBytes(path);
        uint hash = Hash(Needed);
        for (int i = 0; i < bytes.Length - 16; i += 4)
        {
            // Elf64_Vernaux: hash, flags, index, name, next.
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i)) != hash) continue;
            if (bytes[i + 4] != 0 || bytes[i + 5] != 0 || bytes[i + 7] != 0) continue;
            bytes[i + 4] = 2;
            File.Delete(path);
            File.WriteAllBytes(path, bytes);
            return;
        }
    }

    /// <summary>The hash by which ELF files know a name.</summary>
    private static uint Hash(string name)
    {
        uint hash = 0;
        foreach (char c in name)
        {
            hash = (hash << 4) + c;
            uint top = hash & 0xf0000000;
            hash = (hash ^ (top >> 24)) & ~top;
        }
        return hash;
    }
}

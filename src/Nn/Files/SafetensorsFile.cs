using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MiniGrad.Files;

/// <summary>
/// An open safetensors file (https://github.com/huggingface/safetensors): its header is read and checked in full at
/// once, tensors are read by offset when asked for. Strict: a file that breaks any rule of the format is refused.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>The most bytes one tensor can hold in memory.</summary>
    private const long LargestTensor = 2_000_000_000;

    private readonly SafeFileHandle handle;
    private readonly Dictionary<string, SafetensorsEntry> byName;

    private SafetensorsFile(string path, SafeFileHandle handle, SafetensorsHeader header)
    {
        Path = path;
        this.handle = handle;
        Entries = header.Entries;
        Metadata = header.Metadata;
        Names = header.Entries.ConvertAll(entry => entry.Name);
        byName = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    public string Path { get; }

    /// <summary>The tensors in the order of the header.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
        try
        {
            return new(path, handle, ReadHeader(path, handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads a tensor: F32, F64, I32 and BOOL as they are, F16 and BF16 as F32, U8 as I32, I64 as I32 if every value
    /// fits.
    /// </summary>
    public Tensor Read(string name)
    {
        if (!byName.TryGetValue(name, out SafetensorsEntry? entry))
        {
            throw new ArgumentException($"safetensors: {Path} holds no tensor {Quote.Name(name)}. It holds: {Quote.Line(string.Join(", ", Names.Take(20)))}.");
        }
        DType type = entry.DType switch
        {
            "F32" or "F16" or "BF16" => DType.F32,
            "F64" => DType.F64,
            "I32" or "I64" or "U8" => DType.I32,
            "BOOL" => DType.Bool,
            _ => throw Bad(entry.Begin, $"{Quote.Name(name)} is stored as {entry.DType}, which is not read. Store it as F32 or I32"),
        };
        Tensor tensor = Tensor.Empty(ShapeOf(entry, type), type);
        Span<byte> target = ((CpuStorage)tensor.Storage).Bytes;
        switch (entry.DType)
        {
            case "F16" or "BF16" or "I64" or "U8":
                Convert(entry, target);
                break;
            case "BOOL":
                Fill(target, entry.Begin);
                int odd = target.IndexOfAnyExceptInRange((byte)0, (byte)1);
                if (odd >= 0) throw Bad(entry.Begin + odd, $"{Quote.Name(name)}: {target[odd]} is no BOOL, which is 0 or 1");
                break;
            default:
                // The format and every processor supported here are little-endian.
                Fill(target, entry.Begin);
                break;
        }
        return tensor;
    }

    public void Dispose() => handle.Dispose();

    private static SafetensorsHeader ReadHeader(string path, SafeFileHandle handle)
    {
        long length = RandomAccess.GetLength(handle);
        if (length == 0) throw new SafetensorsException(path, 0, "the file is empty. Fetch it again");
        Span<byte> head = stackalloc byte[512];
        head = head[..RandomAccess.Read(handle, head, 0)];
        ulong declared = head.Length < SafetensorsHeader.Prefix ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(head);
        bool plausible = head.Length > SafetensorsHeader.Prefix && declared <= (ulong)(length - SafetensorsHeader.Prefix) && head[8] == '{';
        if (!plausible && ForeignFile.Describe(head, "weights") is { } foreign) throw new SafetensorsException(path, 0, $"the file {foreign}");
        if (head.Length < SafetensorsHeader.Prefix)
        {
            throw new SafetensorsException(path, length, $"the file has {length} bytes, too few for the 8 of a header length. Fetch it again");
        }
        if (declared > SafetensorsHeader.MaxBytes)
        {
            throw new SafetensorsException(path, 0, $"the header length {declared} exceeds {SafetensorsHeader.MaxBytes}. This is no safetensors file, or a damaged one");
        }
        if (declared > (ulong)(length - SafetensorsHeader.Prefix))
        {
            throw new SafetensorsException(path, 0, $"the header length {declared} runs past the end of the file, which has {length} bytes. Fetch it again");
        }
        byte[] json = new byte[declared];
        Fill(path, handle, json, SafetensorsHeader.Prefix);
        return SafetensorsHeader.Parse(path, json, length);
    }

    private Shape ShapeOf(SafetensorsEntry entry, DType type)
    {
        if (entry.Shape.Length > Shape.MaxRank)
        {
            throw Bad(entry.Begin, $"{Quote.Name(entry.Name)} has {entry.Shape.Length} axes, a tensor has at most {Shape.MaxRank}. Merge some axes");
        }
        int[] sizes = new int[entry.Shape.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            if (entry.Shape[i] > int.MaxValue) throw Bad(entry.Begin, $"{Quote.Name(entry.Name)}: size {entry.Shape[i]} of axis {i} exceeds {int.MaxValue}");
            sizes[i] = (int)entry.Shape[i];
        }
        if ((Int128)entry.Count * type.Size() > LargestTensor)
        {
            throw Bad(entry.Begin, $"{Quote.Name(entry.Name)} needs {(Int128)entry.Count * type.Size()} bytes, a tensor has at most {LargestTensor}. Store it in parts");
        }
        return new(sizes);
    }

    private void Convert(SafetensorsEntry entry, Span<byte> target)
    {
        int width = entry.DType switch { "I64" => 8, "U8" => 1, _ => 2 };
        Span<int> integers = MemoryMarshal.Cast<byte, int>(target);
        Span<float> floats = MemoryMarshal.Cast<byte, float>(target);
        byte[] buffer = new byte[(int)Math.Min(entry.ByteCount, 64 * 1024)];
        for (int done = 0; done < integers.Length;)
        {
            int count = Math.Min(integers.Length - done, buffer.Length / width);
            long at = entry.Begin + (long)done * width;
            Span<byte> part = buffer.AsSpan(0, count * width);
            Fill(part, at);
            switch (entry.DType)
            {
                case "F16":
                    ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(part);
                    for (int i = 0; i < count; i++) floats[done + i] = (float)halves[i];
                    break;
                case "BF16":
                    ReadOnlySpan<ushort> upper = MemoryMarshal.Cast<byte, ushort>(part);
                    for (int i = 0; i < count; i++) floats[done + i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                    break;
                case "I64":
                    ReadOnlySpan<long> longs = MemoryMarshal.Cast<byte, long>(part);
                    for (int i = 0; i < count; i++)
                    {
                        if (longs[i] != (int)longs[i]) throw Bad(at + i * 8L, $"{Quote.Name(entry.Name)}: {longs[i]} does not fit into 32 bits. Store it as F64");
                        integers[done + i] = (int)longs[i];
                    }
                    break;
                default:
                    for (int i = 0; i < count; i++) integers[done + i] = part[i];
                    break;
            }
            done += count;
        }
    }

    private void Fill(Span<byte> target, long offset) => Fill(Path, handle, target, offset);

    private static void Fill(string path, SafeFileHandle handle, Span<byte> target, long offset)
    {
        while (target.Length > 0)
        {
            int read = RandomAccess.Read(handle, target, offset);
            if (read == 0) throw new SafetensorsException(path, offset, "the file became shorter while it was read. Read it again once it is complete");
            target = target[read..];
            offset += read;
        }
    }

    private SafetensorsException Bad(long offset, string problem) => new(Path, offset, problem);
}

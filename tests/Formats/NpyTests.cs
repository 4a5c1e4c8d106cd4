using MiniGrad.Formats.Weights;
using Xunit;

namespace MiniGrad.Tests.Formats;

/// <summary>Arrays and archives that NumPy wrote: every number is the formula's, whatever its type, order and packing.</summary>
public sealed class NpyTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("f2", "F16", DType.F32)]
    [InlineData("f4", "F32", DType.F32)]
    [InlineData("f8", "F64", DType.F64)]
    [InlineData("i1", "I8", DType.I32)]
    [InlineData("i2", "I16", DType.I32)]
    [InlineData("i4", "I32", DType.I32)]
    [InlineData("i8", "I64", DType.I32)]
    [InlineData("u1", "U8", DType.I32)]
    [InlineData("b1", "BOOL", DType.Bool)]
    [InlineData("big-f4", "F32", DType.F32)]
    [InlineData("big-i8", "I64", DType.I32)]
    [InlineData("fortran-b1", "BOOL", DType.Bool)]
    [InlineData("fortran-f2", "F16", DType.F32)]
    [InlineData("fortran-big-f8", "F64", DType.F64)]
    [InlineData("version2", "F32", DType.F32)]
    [InlineData("version3", "F32", DType.F32)]
    public void A_matrix_has_its_numbers(string name, string stored, DType type)
    {
        using WeightFile file = WeightFile.Open(NpySample.PathOf(name + ".npy"));
        Assert.Equal(name.StartsWith("version", StringComparison.Ordinal) ? $"NumPy array {name[^1]}.0" : "NumPy array 1.0", file.Format);
        WeightEntry entry = Assert.Single(file.Entries);
        Assert.Equal((name, stored), (entry.Name, entry.DType));
        Tensor tensor = file.Read(name);
        Assert.Equal(type, tensor.Type);
        Assert.Equal(new Shape(3, 5), tensor.Shape);
        Assert.Equal(NpySample.Values(stored is "BOOL" ? "b" : stored[..1].ToLowerInvariant(), 15), Numbers(tensor));
    }

    [Fact]
    public void Any_rank_is_read()
    {
        Assert.Equal(NpySample.Values("f", 1), Numbers(Read("scalar", [])));
        Assert.Equal(NpySample.Values("i", 7), Numbers(Read("vector", [7])));
        Assert.Empty(Numbers(Read("empty", [0, 3])));
        Assert.Equal(NpySample.Values("f", 24), Numbers(Read("fortran-f4", [2, 3, 4])));
    }

    [Theory]
    [InlineData("stored.npz")]
    [InlineData("deflated.npz")]
    public void An_archive_has_its_arrays(string name)
    {
        using WeightFile file = WeightFile.Open(NpySample.PathOf(name));
        Assert.Equal("NumPy archive", file.Format);
        Assert.Equal(["conv.weight", "order", "steps"], file.Names.Order().Where(n => n != "big"));
        Assert.Equal(new Shape(2, 3, 2), file.Read("conv.weight").Shape);
        Assert.Equal(NpySample.Values("f", 12), Numbers(file.Read("conv.weight")));
        Assert.Equal(NpySample.Values("f", 15), Numbers(file.Read("order")));
        Assert.Equal(new Shape(3, 5), file.Read("order").Shape);
        Assert.Equal(NpySample.Values("i", 1), Numbers(file.Read("steps")));
        if (name == "deflated.npz") Assert.Equal(NpySample.Values("f", 1600), Numbers(file.Read("big")));
    }

    [Theory]
    [InlineData("objects", "holds Python objects, which is not read: no code from a file is ever run")]
    [InlineData("records", "records with named fields")]
    [InlineData("text", "numbers of type \"<U2\" are not read")]
    [InlineData("complex", "numbers of type \"<c8\" are not read")]
    [InlineData("unsigned", "numbers of type \"<u4\" are not read")]
    public void Other_things_than_numbers_are_refused(string name, string words)
    {
        string path = NpySample.PathOf(name + ".npy");
        NpyException error = Assert.Throws<NpyException>(() => NpyFile.Open(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        // The place of the type in the header, as NumPy writes it.
        Assert.Equal(10 + "{'descr': ".Length, error.Offset);
    }

    [Fact]
    public void Whole_numbers_beyond_32_bits_are_refused()
    {
        using NpyFile file = NpyFile.Open(NpySample.PathOf("long.npy"));
        Assert.Contains("does not fit into 32 bits",
            Assert.Throws<NpyException>(() => file.Read("long")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_stored_array_fails_its_checksum_and_leaves_the_others()
    {
        byte[] bytes = NpySample.Bytes("stored.npz");
        // The last byte of the first array: its header of 128 bytes and 48 bytes of numbers end before the second one begins.
        int second = bytes.AsSpan(4).IndexOf("PK\u0003\u0004"u8) + 4;
        bytes[second - 1] ^= 1;
        using NpzFile file = NpzFile.Open(folder.Put("damaged.npz", bytes));
        Assert.Contains("checksum", Assert.Throws<NpyException>(() => file.Read("conv.weight")).Message, StringComparison.Ordinal);
        Assert.Equal(NpySample.Values("f", 15), Numbers(file.Read("order")));
    }

    private static Tensor Read(string name, int[] shape)
    {
        using NpyFile file = NpyFile.Open(NpySample.PathOf(name + ".npy"));
        Tensor tensor = file.Read(name);
        Assert.Equal(new Shape(shape), tensor.Shape);
        return tensor;
    }

    private static double[] Numbers(Tensor tensor) => tensor.Type switch
    {
        DType.F32 => Array.ConvertAll(tensor.ToArray<float>(), v => (double)v),
        DType.F64 => tensor.ToArray<double>(),
        DType.I32 => Array.ConvertAll(tensor.ToArray<int>(), v => (double)v),
        _ => Array.ConvertAll(tensor.ToArray<byte>(), v => (double)v),
    };
}

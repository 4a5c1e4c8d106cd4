using MiniGrad.Formats.Weights;
using Xunit;

namespace MiniGrad.Tests.Formats;

/// <summary>Files that PyTorch wrote, in all its containers, types and layouts.</summary>
public sealed class TorchFileTests
{
    [Theory]
    [InlineData("layers.pt", "PyTorch zip")]
    [InlineData("layers-stored.pt", "PyTorch zip")]
    [InlineData("layers-legacy.pt", "PyTorch legacy stream")]
    [InlineData("protocol1-legacy.pt", "PyTorch legacy stream")]
    [InlineData("protocol3.pt", "PyTorch zip")]
    [InlineData("protocol4.pt", "PyTorch zip")]
    [InlineData("protocol5.pt", "PyTorch zip")]
    public void A_state_dict_is_read_from_every_container(string name, string format)
    {
        using WeightFile file = WeightFile.Open(TorchSample.PathOf(name));
        Assert.Equal(format, file.Format);
        Assert.Equal(["conv.weight", "conv.bias", "fc.weight", "fc.steps"], file.Names);
        Assert.Equal(["F32", "F32", "F32", "I64"], file.Entries.Select(entry => entry.DType));
        Assert.Equal([2L, 3L, 2L, 2L], file.Entries[0].Shape);
        Assert.Equal(24, file.Entries[0].Count);
        Assert.Equal(TorchSample.Values(24, 1), Numbers(file, "conv.weight"));
        Assert.Equal(TorchSample.Values(2, 2), Numbers(file, "conv.bias"));
        Assert.Equal(TorchSample.Values(12, 3), Numbers(file, "fc.weight"));
        Assert.Equal(new Shape(2, 3, 2, 2), file.Read("conv.weight").Shape);
        Assert.Equal(-7, file.Read("fc.steps").Item());
        Assert.Empty(file.Notes);
    }

    [Theory]
    [InlineData("types.pt")]
    [InlineData("types-legacy.pt")]
    public void Every_element_type_is_read(string name)
    {
        using WeightFile file = WeightFile.Open(TorchSample.PathOf(name));
        Assert.Equal(["F32", "F64", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"], file.Entries.Select(entry => entry.DType));
        for (int phase = 0; phase < file.Entries.Count; phase++)
        {
            WeightEntry entry = file.Entries[phase];
            double[] expected = entry.DType switch
            {
                "BOOL" => [.. TorchSample.Values(6, phase).Select(v => v > 0 ? 1.0 : 0)],
                "U8" => [.. TorchSample.Values(6, phase, 1).Select(v => v + 11)],
                _ => TorchSample.Values(6, phase, entry.DType.Contains('F') ? 0.5 : 1),
            };
            Assert.Equal(expected, Numbers(file, entry.Name));
            DType type =
                entry.DType switch { "F32" or "F16" or "BF16" => DType.F32, "F64" => DType.F64, "BOOL" => DType.Bool, _ => DType.I32 };
            Assert.Equal(type, file.Read(entry.Name).Type);
        }
    }

    [Theory]
    [InlineData("views.pt")]
    [InlineData("views-deflated.pt")]
    [InlineData("views-legacy.pt")]
    [InlineData("views-tar.pt")]
    public void Strides_offsets_and_shared_storages_are_followed(string name)
    {
        using WeightFile file = WeightFile.Open(TorchSample.PathOf(name));
        double[] whole = TorchSample.Values(24, 5);
        Assert.Equal(whole, Numbers(file, "whole"));
        Assert.Equal(whole, Numbers(file, "tied"));
        Assert.Equal(from i in Enumerable.Range(0, 6) from j in Enumerable.Range(0, 4) select whole[j * 6 + i], Numbers(file, "turned"));
        Assert.Equal(new Shape(6, 4), file.Read("turned").Shape);
        Assert.Equal(from i in Enumerable.Range(1, 2) from j in Enumerable.Range(2, 3) select whole[i * 6 + j], Numbers(file, "part"));
        Assert.Equal(from i in Enumerable.Range(0, 4) from j in (int[])[0, 2, 4] select whole[i * 6 + j], Numbers(file, "every_second"));
        Assert.Equal(TorchSample.Values(3, 6).SelectMany(v => Enumerable.Repeat(v, 4)), Numbers(file, "expanded"));
        Assert.Equal(TorchSample.Values(24, 7), Numbers(file, "channels_last"));
        Assert.Equal(new Shape(2, 3, 2, 2), file.Read("channels_last").Shape);
        if (name == "views-tar.pt")
        {
            Assert.Equal("PyTorch tar", file.Format);
            Assert.Equal(whole[3..7], Numbers(file, "of_view"));
            return;
        }
        Assert.Equal(new Shape(0, 5), file.Read("empty").Shape);
        foreach ((string turned, int phase) in new[] { ("turned_half", 8), ("turned_double", 10) })
        {
            double[] values = TorchSample.Values(12, phase);
            Assert.Equal(from i in Enumerable.Range(0, 4) from j in Enumerable.Range(0, 3) select values[j * 4 + i], Numbers(file, turned));
        }
        double[] truths = [.. TorchSample.Values(12, 9).Select(v => v > 0 ? 1.0 : 0)];
        Assert.Equal(from i in Enumerable.Range(0, 4) from j in Enumerable.Range(0, 3) select truths[j * 4 + i],
            Numbers(file, "turned_bool"));
    }

    public static TheoryData<long[], long[], long> Orders => new()
    {
        { [512, 2560], [1, 512], 0 },
        { [2048, 512], [640, 1], 3 },
        { [512, 5, 512], [1, 1 << 18, 512], 0 },
        { [4, 1 << 18], [1, 5], 1 },
        { [3, 1 << 18], [1, 1], 2 },
        { [2, 1 << 18], [0, 5], 4 },
    };

    /// <summary>Larger than the parts in which tensors of another order are read.</summary>
    [Theory]
    [MemberData(nameof(Orders))]
    public void Large_tensors_in_other_orders_are_read_in_parts(long[] shape, long[] strides, long offset)
    {
        const int Count = 5 << 18;
        int[] values = [.. Enumerable.Range(0, Count).Select(i => (int)(i * 7919L % 30011))];
        foreach ((string type, byte[] data) in new[]
        {
            ("FloatStorage", values.SelectMany(v => BitConverter.GetBytes((float)v)).ToArray()),
            ("LongStorage", values.SelectMany(v => BitConverter.GetBytes((long)v)).ToArray()),
        })
        {
            using ScratchFolder folder = new();
            byte[] tensor = TorchBytes.Tensor(TorchBytes.Storage("0", Count, type), offset, shape, strides);
            using WeightFile file = WeightFile.Open(folder.Put("large",
                TorchBytes.Legacy(TorchBytes.Dictionary(("t", tensor)), storages: TorchBytes.Storages(("0", Count, data)))));
            double[] read = Numbers(file, "t");
            for (long index = 0; index < read.Length; index += 13)
            {
                long at = offset;
                long rest = index;
                for (int axis = shape.Length - 1; axis >= 0; axis--)
                {
                    at += rest % shape[axis] * strides[axis];
                    rest /= shape[axis];
                }
                Assert.True(values[at] == read[index], $"{type} [{index}] is {read[index]}, expected {values[at]}");
            }
        }
    }

    /// <summary>An axis of size 1 may have any stride: nothing is reached by it.</summary>
    [Theory]
    [InlineData(1L << 62)]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void The_stride_of_a_single_row_does_not_matter(long stride)
    {
        byte[] data = [.. new[] { 1f, 2f, 3f, 4f }.SelectMany(BitConverter.GetBytes)];
        byte[] tensor = TorchBytes.Tensor(TorchBytes.Storage("0", 4), 0, [1, 2, 1, 2], [stride, 1, stride, 2]);
        using ScratchFolder folder = new();
        using WeightFile file = WeightFile.Open(
            folder.Put("row", TorchBytes.Legacy(TorchBytes.Dictionary(("t", tensor)), storages: TorchBytes.Storages(("0", 4, data)))));
        Assert.Equal([1.0, 3, 2, 4], Numbers(file, "t"));
    }

    [Fact]
    public void A_checkpoint_gives_its_weights_and_its_facts()
    {
        using WeightFile file = WeightFile.Open(TorchSample.PathOf("checkpoint.pt"));
        Assert.Equal(["conv.weight", "conv.bias", "fc.weight", "fc.steps"], file.Names);
        Assert.Equal(TorchSample.Values(12, 3), Numbers(file, "fc.weight"));
        Assert.Equal(
        [
            "the tensors are those of \"state_dict\" in the file",
            "the prefix \"module.\" was taken off 4 names",
            "left aside: order, device, size, accuracy, metrics, optimizer",
        ], file.Notes);
        Assert.Equal(
        [
            ("arch", "resnet"), ("best_loss", "0.5"), ("best_prec1", "76.25"), ("epoch", "90"), ("resumed", "true"), ("seen", "-7"),
        ], file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void One_of_several_states_is_chosen()
    {
        string path = TorchSample.PathOf("two-states.pt");
        TorchException e = Assert.Throws<TorchException>(() => WeightFile.Open(path));
        Assert.Contains("\"model\" (4 tensors), \"ema.module\" (4 tensors). Choose one: --state model",
            e.Message, StringComparison.Ordinal);
        foreach ((string state, double scale, string prefix) in new[]
        {
            ("model", 0.5, "module._orig_mod."),
            ("ema", 1, "module."),
            ("ema.module", 1, "module."),
        })
        {
            using WeightFile file = WeightFile.Open(path, state);
            Assert.Equal(TorchSample.Values(24, 1, scale), Numbers(file, "conv.weight"));
            Assert.Contains($"the prefix \"{prefix}\" was taken off 4 names", file.Notes);
            Assert.Equal(["left aside: " + (state == "model" ? "ema" : "model")], file.Notes.Skip(2));
        }
        ArgumentException missing = Assert.Throws<ArgumentException>(() => WeightFile.Open(path, "net"));
        Assert.Contains("no tensors at \"net\". Choose one of: \"model\" (4 tensors)", missing.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => WeightFile.Open(TorchSample.PathOf("layers.pt"), "model"));
    }

    [Fact]
    public void A_list_of_one_stands_for_its_item()
    {
        using WeightFile file = WeightFile.Open(TorchSample.PathOf("list-of-one.pt"));
        Assert.Equal("conv.weight", file.Names[0]);
        Assert.Equal("0.25", file.Metadata["err"]);
        Assert.Equal(["the tensors are those of \"state_dict\" in the file", "the prefix \"net.\" was taken off 4 names"], file.Notes);
    }

    [Fact]
    public void Parameters_and_single_tensors_are_read()
    {
        using WeightFile parameters = WeightFile.Open(TorchSample.PathOf("parameters.pt"));
        Assert.Equal(["weight", "bias"], parameters.Names);
        Assert.Equal(TorchSample.Values(12, 1), Numbers(parameters, "weight"));
        using WeightFile single = WeightFile.Open(TorchSample.PathOf("tensor.pt"));
        Assert.Equal(TorchSample.Values(6, 1), Numbers(single, "tensor"));
    }

    [Theory]
    [InlineData("namespace.pt", "argparse.Namespace")]
    [InlineData("module.pt", "torch.nn.modules.linear.Linear")]
    public void Objects_of_other_classes_are_refused_by_name(string name, string @class)
    {
        TorchException e = Assert.Throws<TorchException>(() => WeightFile.Open(TorchSample.PathOf(name)));
        Assert.Contains($"holds an object of class {@class}, which is not read: no code from a file is ever run. Save the state_dict alone",
            e.Message, StringComparison.Ordinal);
        Assert.Equal((byte)'c', TorchSample.Bytes(name)[e.Offset]);
    }

    [Fact]
    public void A_missing_name_and_a_needless_choice_are_the_callers_mistakes()
    {
        using WeightFile file = WeightFile.Open(TorchSample.PathOf("layers.pt"));
        Assert.Contains("It holds: conv.weight, conv.bias",
            Assert.Throws<ArgumentException>(() => file.Read("conv")).Message, StringComparison.Ordinal);
        using ScratchFolder folder = new();
        Safetensors.Write(folder["a"], [("x", Tensor.Scalar(1f))]);
        Assert.Contains("Leave the choice out",
            Assert.Throws<ArgumentException>(() => WeightFile.Open(folder["a"], "ema")).Message, StringComparison.Ordinal);
        using WeightFile safetensors = WeightFile.Open(folder["a"]);
        Assert.Equal("safetensors", safetensors.Format);
        Assert.Equal(1, safetensors.Read("x").Item());
    }

    private static double[] Numbers(WeightFile file, string name) => file.Read(name).Cast(DType.F64).ToArray<double>();
}

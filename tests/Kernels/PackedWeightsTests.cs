using MiniGrad.Nn;
using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Copies of weights in the kernels' order live and die with the weights.</summary>
[Collection(SerialCollection.Name)]
public class PackedWeightsTests
{
    [Fact]
    public void ANewValueIsNotServedFromAnOldCopy()
    {
        Tensor x = Numbers.Random([2, 64, 8, 8], DType.F32, "x");
        Parameter weight = new("weight", Numbers.Random([64, 64, 3, 3], DType.F32, "first"), true);
        Parameter matrix = new("matrix", Numbers.Random([70, 64], DType.F32, "second"), true);
        foreach (string name in (string[])["one", "two", "three"])
        {
            Tensor filters = Numbers.Random([64, 64, 3, 3], DType.F32, name);
            Tensor columns = Numbers.Random([70, 64], DType.F32, name);
            weight.Value = Numbers.Random([64, 64, 3, 3], DType.F32, name);
            matrix.Value = Numbers.Random([70, 64], DType.F32, name);
            Assert.False(filters.Storage.IsReused);
            Assert.True(weight.Value.Storage.IsReused);
            for (int round = 0; round < 2; round++)
            {
                Numbers.SameBits(Both(x, filters, columns), Both(x, weight.Value, matrix.Value), $"{name}, round {round}");
            }
        }
    }

    [Fact]
    public void ValuesThatAreTrainedKeepNoCopies()
    {
        Tensor values = Numbers.Random([4, 4], DType.F32, "values");
        Parameter parameter = new("p", values, true);
        Assert.True(values.Storage.IsReused);
        parameter.Value = values.Tracked();
        Assert.False(values.Storage.IsReused);
        parameter.Value = values;
        Assert.True(values.Storage.IsReused);
    }

    /// <summary>Threads that all find no copy yet: one copy counts, each has the same bits.</summary>
    [Fact]
    public void ThreadsShareOneCopy()
    {
        Tensor x = Numbers.Random([1, 64, 8, 8], DType.F32, "x");
        Tensor values = Numbers.Random([64, 64, 3, 3], DType.F32, "w");
        Tensor expected = x.Conv2d(values, ConvOptions.Square(pad: 1));
        for (int round = 0; round < 20; round++)
        {
            Tensor weights = Tensor.From(values.ToArray<float>(), values.Shape);
            weights.Storage.IsReused = true;
            Tensor[] results = new Tensor[4];
            using Barrier together = new(results.Length);
            Thread[] users = [.. Enumerable.Range(0, results.Length).Select(i => new Thread(() =>
            {
                together.SignalAndWait();
                results[i] = x.Conv2d(weights, ConvOptions.Square(pad: 1));
            }))];
            foreach (Thread user in users) user.Start();
            foreach (Thread user in users) user.Join();
            foreach (Tensor result in results) Numbers.SameBits(expected, result, $"round {round}");
        }
    }

    /// <summary>Parts of one storage as weights: each has a copy of its own.</summary>
    [Fact]
    public void ViewsOfOneStorageAreToldApart()
    {
        Tensor many = Numbers.Random([3, 40, 40], DType.F32, "many");
        many.Storage.IsReused = true;
        Tensor x = Numbers.Random([5, 40], DType.F32, "x");
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 3; i++)
            {
                Tensor part = many.Slice(0, i, i + 1).Reshape(40, 40);
                Tensor alone = Tensor.From(part.ToArray<float>(), [40, 40]);
                Numbers.SameBits(x.MatMul(alone), x.MatMul(part), $"part {i}");
                Numbers.SameBits(x.MatMul(alone.Transpose()), x.MatMul(part.Transpose()), $"part {i} on its side");
                Numbers.SameBits(x.MatMul(alone.Slice(1, 0, 39)), x.MatMul(part.Slice(1, 0, 39)), $"part {i} without its last column");
            }
        }
        Tensor filters = Numbers.Random([4, 32, 33, 3, 3], DType.F32, "filters");
        filters.Storage.IsReused = true;
        Tensor image = Numbers.Random([1, 33, 6, 6], DType.F32, "image");
        for (int i = 0; i < 4; i++)
        {
            Tensor part = filters.Slice(0, i, i + 1).Reshape(32, 33, 3, 3);
            Tensor alone = Tensor.From(part.ToArray<float>(), part.Shape);
            Numbers.SameBits(image.Conv2d(alone, ConvOptions.Square(pad: 1)),
                image.Conv2d(part, ConvOptions.Square(pad: 1)), $"filters {i}");
        }
    }

    /// <summary>Steps that make weights, use them and drop them: the copies' memory goes round.</summary>
    [Fact]
    public void CopiesGoBackWithTheirWeights()
    {
        const int filters = 211; // of a size that no other test uses
        Tensor x = Numbers.Random([1, 200, 8, 8], DType.F32, "x");
        Tensor[] weights = [.. Enumerable.Range(0, 3).Select(i => Numbers.Random([filters, 200, 3, 3], DType.F32, $"{i}"))];
        Tensor[] expected = Array.ConvertAll(weights, w => x.Conv2d(w, ConvOptions.Square(pad: 1)));
        long bytes = 0;
        for (int round = 0; round < 30; round++)
        {
            int i = round % weights.Length;
            if (round == 1) bytes = 0;
            Arena.Step(() =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                Tensor fresh = weights[i] * 1;
                fresh.Storage.IsReused = true;
                Tensor first = x.Conv2d(fresh, ConvOptions.Square(pad: 1));
                Tensor second = x.Conv2d(fresh, ConvOptions.Square(pad: 1));
                bytes += GC.GetAllocatedBytesForCurrentThread() - before;
                Numbers.SameBits(expected[i], first, $"round {round}");
                Numbers.SameBits(expected[i], second, $"round {round}, from the copy");
                return fresh;
            }, _ => []);
        }
        // One copy is more than four times the weights: 6 MB.
        Assert.InRange(bytes, 0, 1 << 20);
    }

    private static Tensor Both(Tensor x, Tensor filters, Tensor matrix) =>
        Ops.Concat(
            [x.Conv2d(filters, ConvOptions.Square(pad: 1)).Reshape(-1), x.Reshape(2 * 64, 64).MatMul(matrix.Transpose()).Reshape(-1)], 0);
}

using MiniGrad.Nn;

namespace MiniGrad.Lab.Checks;

/// <summary>
/// Checks the derivatives of a whole network with fresh F64 weights, along a few random coordinates of the image and of
/// every weight. Near a kink of a ReLU or a maximum, differences and derivatives disagree rightly; such a point is left
/// for another. A wrong rule is wrong at every point.
/// </summary>
internal static class NetworkCheck
{
    private const int Points = 12;
    private const int Coordinates = 3;

    /// <summary>The check at the first point that passes, else at the last, and how many points were tried.</summary>
    public static (GradCheckResult Result, int Tried) Run(
        string model, int order, long seed, Device? device = null, CancellationToken cancellation = default)
    {
        for (int point = 0; ; point++)
        {
            cancellation.ThrowIfCancellationRequested();
            GradCheckResult result = At(model, order, new Rng(seed).At("network check").At(model).At(point), seed + point, device);
            if (result.Passed || point == Points - 1) return (result, point + 1);
        }
    }

    private static GradCheckResult At(string model, int order, Rng rng, long seed, Device? device)
    {
        Network fresh = ModelCatalog.Create(model, seed, type: DType.F64, device: device);
        Shape shape = fresh.InputShape;
        Tensor image = Tensor.From(Array.ConvertAll(rng.At("image").Uniform((int)shape.Count), u => (double)u),
            [1, shape[0], shape[1], shape[2]], device);
        Parameter[] parameters = [.. fresh.Parameters.Where(p => p.Trainable)];
        int label = rng.At("label").Below(fresh.ClassCount);

        Tensor Loss(Tensor[] moves)
        {
            Dictionary<string, Tensor> weights = fresh.Parameters.ToDictionary(p => p.Name, p => p.Value);
            for (int i = 0; i < parameters.Length; i++)
            {
                weights[parameters[i].Name] = Moved(parameters[i].Value, moves[i + 1], rng.At(i + 1));
            }
            Network network = ModelCatalog.Load(model, weights, new() { Classes = fresh.ClassCount }, DType.F64, device);
            return network.Forward(Moved(image, moves[0], rng.At(0))).CrossEntropy([label]);
        }
        Tensor[] origin = new Tensor[parameters.Length + 1];
        for (int i = 0; i < origin.Length; i++) origin[i] = Ops.Zeros([Coordinates], DType.F64, device);
        return GradCheck.Run(Loss, origin, order);
    }

    /// <summary>A tensor moved along some of its coordinates.</summary>
    private static Tensor Moved(Tensor x, Tensor moves, Rng rng)
    {
        int count = checked((int)x.Count);
        int[] places = new int[Coordinates];
        for (int i = 0; i < places.Length; i++) places[i] = rng.At(i).Below(count);
        return x + moves.ScatterAdd(0, Tensor.From(places, [Coordinates], x.Device), count).Reshape(x.Shape);
    }
}

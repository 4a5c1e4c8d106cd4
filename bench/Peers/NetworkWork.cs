using MiniGrad.Nn;
using MiniGrad.Training.Optimizers;

namespace MiniGrad.Bench.Peers;

/// <summary>A network of fresh weights with a batch of images, and what can be done with them.</summary>
internal sealed class NetworkWork
{
    private const double Rate = 1e-4;

    private readonly Network network;
    private readonly Tensor images;
    private readonly Tensor direction;
    private readonly int[] labels;
    private readonly Parameter[] trainable;
    private readonly Sgd optimizer = new(momentum: 0.9);

    public NetworkWork(NetworkShapes shapes, int batch, Device device)
    {
        network = ModelCatalog.Create(shapes.Name, seed: 1, device: device);
        shapes.Check(network);
        images = Draw.Uniform(device, [batch, .. shapes.Image]);
        direction = Draw.Uniform(device, [batch, .. shapes.Image]);
        labels = Draw.Labels(batch, shapes.Classes);
        trainable = [.. network.Parameters.Where(p => p.Trainable)];
    }

    public Action Of(Work work) => work switch
    {
        Work.Forward => () => Arena.Step(() => Draw.Computed(network.Forward(images)), _ => []),
        Work.ForwardAndInputGradient => () => Arena.Step(() => Draw.Computed(Gradient.Of(Loss, images)), _ => []),
        Work.HessianVectorProduct => () => Arena.Step(() => Draw.Computed(Hessian.Times(Loss, images, direction)), _ => []),
        Work.TrainingStep => () => Arena.Step(Train, _ => network.Parameters.Select(p => p.Value).Concat(optimizer.Memory.Values)),
        _ => throw new InvalidOperationException($"{work}: a network has no such work."),
    };

    private Tensor Loss(Tensor x) => network.Forward(x).CrossEntropy(labels, LossReduction.Sum);

    private int Train()
    {
        Pass pass = new() { IsTraining = true, Rng = new Rng(1) };
        foreach (Parameter parameter in trainable) parameter.Value = parameter.Value.Tracked();
        Tensor loss = network.Forward(images, pass).CrossEntropy(labels);
        optimizer.Step(trainable, Gradient.Of(loss, Array.ConvertAll(trainable, p => p.Value)), Rate);
        foreach ((Parameter statistic, Tensor value) in pass.Updates) statistic.Value = value.Detach();
        return 0;
    }
}

using MiniGrad.Nn;

namespace MiniGrad.Probes;

/// <summary>
/// What a probe sees of a network: images with pixels in a box, logits out. Preprocessing lies inside, so distances and
/// gradients are those of pixels.
/// </summary>
public sealed class Classifier
{
    private readonly Func<Tensor, Tensor> logits;

    /// <summary>
    /// A classifier from any function of images [N, …] to logits [N, classes]: a network, or a formula with a known answer.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 classes.</exception>
    /// <exception cref="ArgumentException">The box is empty: <paramref name="low"/> is not below <paramref name="high"/>.</exception>
    public Classifier(Func<Tensor, Tensor> logits, Shape inputShape, int classCount, double low = 0, double high = 1)
    {
        if (classCount < 2) Throw.Range($"classifier: {classCount} classes; at least 2 are needed.");
        if (!(low < high)) Throw.Argument($"classifier: the box [{low}, {high}] is empty.");
        this.logits = logits;
        InputShape = inputShape;
        ClassCount = classCount;
        Low = low;
        High = high;
    }

    /// <summary>A classifier of a network [N, C, H, W] → [N, classes], with pixels in [0, 1], on the network's device.</summary>
    public Classifier(Network network) : this(x => network.Forward(x), network.InputShape, network.ClassCount)
    {
        IsPiecewiseLinear = network.IsPiecewiseLinear;
        Device = network.Device;
        Network = network;
    }

    /// <summary>The shape of one image.</summary>
    public Shape InputShape { get; }

    /// <summary>How many classes the logits tell apart.</summary>
    public int ClassCount { get; }

    /// <summary>The smallest and the largest pixel value.</summary>
    public double Low { get; }

    /// <inheritdoc cref="Low"/>
    public double High { get; }

    /// <summary>
    /// Whether the logits are piecewise linear in the image. A network says so itself; of
    /// a function only its author knows, and must.
    /// </summary>
    public bool IsPiecewiseLinear { get; init; }

    /// <summary>Where the logits are computed: where a network's weights lie. Of a function only its author knows.</summary>
    public Device Device { get; init; } = Device.Cpu;

    /// <summary>Told where memory made the number of images that are computed at once smaller.</summary>
    public IProgress<string>? Notes { get; init; }

    /// <summary>The network that it is of; none for a function, whose inner values nobody knows.</summary>
    internal Network? Network { get; private init; }

    /// <summary>What the probes of this classifier cut their work by.</summary>
    internal MicroBatches Batches => field ??= new(Device, Notes);

    /// <summary>The logits of images, which are moved to the classifier's device unless a graph is recorded from them.</summary>
    public Tensor Logits(Tensor images) => images.IsTracked ? logits(images) : Batches.Map(images, x => logits(x.To(Device)));

    /// <summary>
    /// The mean of several looks at each image, whose gradients are the means of theirs: for classifiers that draw random numbers.
    /// Athalye et al., arXiv:1707.07397.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no look.</exception>
    public Classifier Averaged(int looks)
    {
        if (looks < 1) Throw.Range($"classifier: the mean of {looks} looks; at least 1 is needed.");
        return new(x => Enumerable.Range(1, looks - 1).Aggregate(Logits(x), (sum, _) => sum + Logits(x)) / looks,
            InputShape, ClassCount, Low, High)
        {
            Device = Device,
            Notes = Notes,
            Network = Network,
        };
    }

    /// <summary>Throws, naming the image and the value, unless all images have the right shape and lie in the box.</summary>
    /// <exception cref="ArgumentException">An image has another shape or a pixel outside the box.</exception>
    public void CheckImages(Tensor images, string what)
    {
        CheckShape(images, what);
        PixelBox.Check(images, Low, High, what);
    }

    /// <summary>Throws unless there are images, all of the right shape.</summary>
    /// <exception cref="ArgumentException">There is no image, or one of another shape.</exception>
    public void CheckShape(Tensor images, string what)
    {
        if (images.Rank != InputShape.Rank + 1 || new Shape(images.Shape.Sizes[1..]) != InputShape)
        {
            Throw.Argument($"{what}: shape {images.Shape}, expected [N, {string.Join(", ", InputShape.ToArray())}].");
        }
        if (images.Shape[0] == 0) Throw.Argument($"{what}: the batch is empty.");
    }

    /// <summary>Throws unless there is one image, of the right shape and in the box.</summary>
    internal void CheckImage(Tensor image, string what)
    {
        CheckImages(image, what);
        if (image.Shape[0] != 1) Throw.Argument($"{what}: {image.Shape[0]} images, expected 1.");
    }

    /// <summary>Throws unless every class index exists.</summary>
    /// <exception cref="ArgumentException">There are more or fewer classes than images.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A class does not exist.</exception>
    public void CheckClasses(ReadOnlySpan<int> classes, int count, string what)
    {
        if (classes.Length != count) Throw.Argument($"{what}: {classes.Length} classes for {count} images.");
        for (int i = 0; i < classes.Length; i++)
        {
            if ((uint)classes[i] >= (uint)ClassCount)
            {
                Throw.Range($"{what}: class {classes[i]} of image {i} is outside 0 to {ClassCount - 1}.");
            }
        }
    }
}

using MiniGrad.Formats.Images;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Nn;

/// <summary>How to build a network of the catalogue: its name, what it is, and its making from weights and settings.</summary>
public sealed record ModelEntry(string Name, string Description, Func<Params, ModelSettings, Network> Build)
{
    /// <summary>A network that can choose nothing but its number of classes, 10 unless said otherwise.</summary>
    public ModelEntry(string name, string description, Func<Params, int, Network> build)
        : this(name, description, (p, settings) => Plain(name, build(p, settings.Classes ?? 10), settings))
    {
    }

    /// <summary>The weight whose first axis counts the classes, so that files can tell.</summary>
    public string? Head { get; init; }

    /// <summary>The normalisation that weights of the network's home expect, where it has one.</summary>
    public Preprocessing? Usual { get; init; }

    /// <summary>How the network's home prepares photos for inputs of a shape, where it has a custom.</summary>
    public Func<Shape, ImageTransform>? Photo { get; init; }

    private static Network Plain(string name, Network network, ModelSettings settings)
    {
        if (settings.Image is { } image && image != network.InputShape)
        {
            Throw.Argument($"{name}: images of {image}; it takes those of {network.InputShape} only.");
        }
        if (settings.BlurPool != 0) Throw.Argument($"blur-pool: {name} is not built for it. Leave it out.");
        if (settings.Activation is not null) Throw.Argument($"{name}: its activation cannot be chosen.");
        return network;
    }
}

/// <summary>Networks whose name holds numbers, such as <c>wrn-D-W</c>.</summary>
/// <param name="Pattern">The name as people write it.</param>
/// <param name="Members">The best known ones; weight files are compared with these.</param>
/// <param name="Find">The network of a name, or none if the name is not of the family.</param>
internal sealed record ModelFamily(string Pattern, IReadOnlyList<string> Members, Func<string, ModelEntry?> Find);

/// <summary>What a user may choose of a network of the catalogue; what is left out is as in the network's home.</summary>
public sealed record ModelSettings
{
    /// <summary>Channels, height and width of the images.</summary>
    public Shape? Image { get; init; }

    /// <summary>The number of logits.</summary>
    public int? Classes { get; init; }

    /// <summary>
    /// The taps of the low-pass filter wherever a convolutional network strides or pools; 0 for none.
    /// <see cref="Layers.Downsampling"/>
    /// </summary>
    public int BlurPool { get; init; }

    /// <summary>The nonlinearity in place of the network's own.</summary>
    public Activation? Activation { get; init; }
}

namespace MiniGrad.Nn;

/// <summary>What a user may choose of a network of the catalogue; what is left out is as in the network's home.</summary>
public sealed record ModelSettings
{
    /// <summary>Channels, height and width of the images.</summary>
    public Shape? Image { get; init; }

    public int? Classes { get; init; }

    /// <summary>The taps of the low-pass filter wherever a convolutional network strides or pools; 0 for none. <see cref="Layers.Downsampling"/></summary>
    public int BlurPool { get; init; }

    /// <summary>The nonlinearity in place of the network's own.</summary>
    public Activation? Activation { get; init; }
}

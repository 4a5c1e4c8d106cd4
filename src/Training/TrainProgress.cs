namespace MiniGrad.Training;

/// <summary>Where a training stands; loss and accuracy are means over the epoch so far.</summary>
public sealed record TrainProgress(int Epoch, int Epochs, int Step, int StepsPerEpoch, double Loss, double Accuracy, double ImagesPerSecond, TimeSpan Remaining);

/// <summary>How a training is to be run, as far as it does not touch the outcome.</summary>
public sealed record TrainOptions
{
    /// <summary>Where the state is saved; none for no checkpoints.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Whether to go on from the checkpoint, which must be of the same recipe and data.</summary>
    public bool Resume { get; init; }

    /// <summary>Seconds between checkpoints; one is also written at the end of every epoch and when stopped.</summary>
    public double CheckpointSeconds { get; init; } = 30;

    public IProgress<TrainProgress>? Progress { get; init; }
}

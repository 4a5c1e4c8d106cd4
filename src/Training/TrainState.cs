namespace MiniGrad.Training;

/// <summary>How far a training has come: the epoch and step to do next, and the sums of the epoch so far.</summary>
internal readonly record struct TrainState(int Epoch, int Step, double LossSum, long Correct, long Seen);

namespace MiniGrad.Lab;

/// <summary>Progress that is reported where it happens; <see cref="Progress{T}"/> would post it to another thread.</summary>
internal sealed class InlineProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}

namespace Mambascope.Attribution;

/// <summary>Progress that is told at once, on the thread that works; <see cref="Progress{T}"/> tells it later, on another.</summary>
/// <param name="tell">Told the share that is done, 0 to 1.</param>
internal sealed class DirectProgress(Action<double> tell) : IProgress<double>
{
    /// <inheritdoc/>
    public void Report(double value) => tell(value);
}

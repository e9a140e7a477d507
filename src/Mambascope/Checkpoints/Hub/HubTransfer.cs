namespace Mambascope.Checkpoints.Hub;

/// <summary>How far a fetch is.</summary>
/// <param name="File">The file in work.</param>
/// <param name="Done">Bytes of all files that are here, those from earlier included.</param>
/// <param name="Total">Bytes of all files known so far.</param>
/// <param name="Received">Bytes that came over the network in this fetch.</param>
/// <param name="Elapsed">Since the first of them was asked for.</param>
/// <param name="IsWaiting">Whether another process has the file in work, and this one waits for it.</param>
public readonly record struct HubTransfer(string File, long Done, long Total, long Received, TimeSpan Elapsed, bool IsWaiting)
{
    /// <summary>Bytes a second; 0 while nothing has come.</summary>
    public double Rate => Elapsed > TimeSpan.Zero ? Received / Elapsed.TotalSeconds : 0;

    /// <summary>How long the rest takes at this rate; null while nothing has come.</summary>
    public TimeSpan? TimeLeft
        => Rate > 0 ? TimeSpan.FromSeconds(Math.Min(Math.Max(Total - Done, 0) / Rate, TimeSpan.FromDays(99).TotalSeconds)) : null;
}

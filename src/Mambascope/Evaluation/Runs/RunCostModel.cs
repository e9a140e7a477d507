namespace Mambascope.Evaluation.Runs;

/// <summary>
/// What a run costs on a number of cores, from times that were measured: cases share nothing, so they are divided among the cores; starting
/// and merging are not. A part runs on one core, as in the job array for SLURM that ships.
/// </summary>
/// <param name="Case">Seconds of a case on a core that has no others beside it.</param>
/// <param name="Start">Seconds until the first case is at work: the program, its models, its data, and compiling on the way.</param>
/// <param name="Merge">Seconds to merge one case.</param>
/// <param name="Efficiency">Rate of a core with all others of its machine at work, as a share of its rate alone; at most 1.</param>
/// <param name="Cases">Cases of the whole run.</param>
/// <param name="Cores">Cores.</param>
public sealed record RunCostModel(double Case, double Start, double Merge, double Efficiency, int Cases, int Cores)
{
    /// <summary>Seconds of cores at work on cases.</summary>
    public double CaseSeconds => Cases * Case / Efficiency;

    /// <summary>Seconds of one core that are spent whatever the number of cores: merging all parts.</summary>
    public double MergeSeconds => Cores > 1 ? Cases * Merge : 0;

    /// <summary>Cores that have a case at all.</summary>
    public int CoresAtWork => Math.Min(Cores, Math.Max(1, Cases));

    /// <summary>Hours of cores in all, which is what is paid.</summary>
    public double CoreHours => (CaseSeconds + (CoresAtWork * Start) + MergeSeconds) / 3600;

    /// <summary>Seconds from the beginning to the merged file: the core with the most cases is waited for.</summary>
    public double WallSeconds
        => Start + (Math.Ceiling(Cases / (double)CoresAtWork) * Case / Efficiency) + MergeSeconds;
}

using System.Globalization;

namespace Mambascope.Cli.Evaluating;

/// <summary>Which part of the data a process works on: I/N, where "auto" stands for what the scheduler's variables say.</summary>
internal static class ShardOption
{
    private const string Auto = "auto";

    /// <summary>Part, from 0, and number of parts.</summary>
    /// <param name="text">I/N, auto/N or auto/auto.</param>
    /// <param name="variable">The environment: a variable by its name, or null.</param>
    /// <exception cref="UsageException">Neither, or the variables are not there.</exception>
    internal static (int Index, int Count) Parse(string text, Func<string, string?> variable)
    {
        if (text.Split('/') is [var part, var parts] && Count(text, parts, variable) is var count && count > 0
            && Index(text, part, variable) is var index && index >= 0 && index < count)
        {
            return (index, count);
        }

        throw new UsageException(
            $"--shard {text}: expected I/N with I from 0 to N-1, for example 0/8; auto/auto in a SLURM array; auto/8 in an array 0-7 or in "
                + "an indexed Kubernetes job of 8");
    }

    private static int Count(string text, string word, Func<string, string?> variable)
    {
        if (word != Auto)
        {
            return Number(word);
        }

        var tasks = variable("SLURM_ARRAY_TASK_COUNT")
            ?? throw new UsageException(
                $"--shard {text}: SLURM_ARRAY_TASK_COUNT is not set; outside a SLURM array give the number of parts, as in auto/8");
        var count = Number(tasks);

        // Tasks that are run again alone are still parts of the whole.
        return variable("SLURM_ARRAY_TASK_MIN") is null or "0" && (variable("SLURM_ARRAY_TASK_MAX") ?? $"{count - 1}") == $"{count - 1}"
            ? count
            : throw new UsageException(
                $"--shard {text}: the array does not run from 0 to {count - 1}; give the number of parts of the whole, as in auto/8");
    }

    private static int Index(string text, string word, Func<string, string?> variable)
        => Number(word != Auto ? word
            : variable("SLURM_ARRAY_TASK_ID") ?? variable("JOB_COMPLETION_INDEX")
                ?? throw new UsageException($"--shard {text}: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set"));

    // Negative for what is no number.
    private static int Number(string word)
        => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}

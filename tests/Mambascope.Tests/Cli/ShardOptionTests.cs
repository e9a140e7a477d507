using Mambascope.Cli;
using Mambascope.Cli.Evaluating;
using Xunit;

namespace Mambascope.Tests.Cli;

public sealed class ShardOptionTests
{
    [Theory]
    [InlineData("3/8", 3, 8)]
    [InlineData("auto/8", 5, 8, "SLURM_ARRAY_TASK_ID=5")]
    [InlineData("auto/8", 5, 8, "SLURM_ARRAY_TASK_ID=5", "SLURM_ARRAY_TASK_MIN=5", "SLURM_ARRAY_TASK_COUNT=1")]
    [InlineData("auto/8", 2, 8, "JOB_COMPLETION_INDEX=2")]
    [InlineData("auto/auto", 5, 8, "SLURM_ARRAY_TASK_ID=5", "SLURM_ARRAY_TASK_COUNT=8")]
    [InlineData(
        "auto/auto", 5, 8, "SLURM_ARRAY_TASK_ID=5", "SLURM_ARRAY_TASK_COUNT=8", "SLURM_ARRAY_TASK_MIN=0", "SLURM_ARRAY_TASK_MAX=7")]
    [InlineData("0/auto", 0, 4, "SLURM_ARRAY_TASK_COUNT=4")]
    public void A_part_of_the_whole(string text, int index, int count, params string[] variables)
        => Assert.Equal((index, count), ShardOption.Parse(text, In(variables)));

    [Theory]
    [InlineData("8/8", "expected I/N")]
    [InlineData("-1/8", "expected I/N")]
    [InlineData("1", "expected I/N")]
    [InlineData("0/0", "expected I/N")]
    [InlineData("a/b", "expected I/N")]
    [InlineData("auto/8", "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set")]
    [InlineData("auto/8", "expected I/N", "SLURM_ARRAY_TASK_ID=8")]
    [InlineData("auto/auto", "SLURM_ARRAY_TASK_COUNT is not set", "JOB_COMPLETION_INDEX=2")]
    [InlineData("auto/auto", "does not run from 0 to 7", "SLURM_ARRAY_TASK_ID=8", "SLURM_ARRAY_TASK_COUNT=8", "SLURM_ARRAY_TASK_MIN=1")]
    [InlineData("auto/auto", "does not run from 0 to 1", "SLURM_ARRAY_TASK_ID=0", "SLURM_ARRAY_TASK_COUNT=2", "SLURM_ARRAY_TASK_MAX=5")]
    public void What_is_no_part_is_refused(string text, string said, params string[] variables)
        => Assert.Contains(
            said, Assert.Throws<UsageException>(() => ShardOption.Parse(text, In(variables))).Message, StringComparison.Ordinal);

    private static Func<string, string?> In(string[] variables)
        => name => Array.Find(variables, each => each.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}

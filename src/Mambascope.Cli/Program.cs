using Mambascope.Cli;

using var interruption = new Interruption();
return CommandLineTool.Run(args, Console.Out, Console.Error);

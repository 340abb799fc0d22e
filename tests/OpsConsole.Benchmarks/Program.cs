Console.WriteLine("No benchmark was named.");

// Dynalite on a free port of 127.0.0.1, for as long as whoever started it lives.
import dynalite from 'dynalite'

const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 })
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit()).resume()
